package io.weir.orchestration.route;

import io.weir.orchestration.task.Complexity;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How `model: "auto"` chooses. The lists that come with the service stand in `routing/fit.yaml`.
///
/// @param fit per complexity the models that are good enough for it, the best fit first
/// @param mostCandidates that one call may try
/// @param fallbackWithin so long after a call arrived it may still be given to another candidate
/// @param splits by the name that calls give, the weights of the models that share them
@ConfigurationProperties("weir.routing")
public record RoutingProperties(
        Map<Complexity, List<String>> fit,
        @DefaultValue("5") int mostCandidates,
        @DefaultValue("5m") Duration fallbackWithin,
        Map<String, Map<String, Integer>> splits) {

    public RoutingProperties {
        Map<Complexity, List<String>> lists = new EnumMap<>(Complexity.class);
        for (Complexity complexity : Complexity.values()) {
            lists.put(complexity, fit == null ? List.of() : List.copyOf(fit.getOrDefault(complexity, List.of())));
        }
        fit = Map.copyOf(lists);
        splits = splits == null ? Map.of() : Map.copyOf(splits);
        if (mostCandidates < 1) {
            throw new IllegalArgumentException("weir.routing.most-candidates: " + mostCandidates + " (expected: >= 1)");
        }
    }

    /// By the name that calls give.
    Map<String, Split> byName() {
        return splits.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, entry -> new Split(entry.getKey(), entry.getValue())));
    }

    /// The models for that complexity, in order of fit.
    List<String> models(Complexity complexity) {
        return fit.getOrDefault(complexity, List.of());
    }
}
