package io.weir.orchestration.route;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The models that a request names.
///
/// @param requested as the call is told to have asked
/// @param models in falling order; at least one
/// @param reason why these
record Naming(String requested, List<String> models, String reason) {

    private static final String SPLIT = "split of ";

    /// With the models that share the first name's calls in place of that name. A split of which nothing is offered
    /// leaves the name as it is.
    Naming after(Splits splits, String requestId, Predicate<String> offered) {
        List<String> shared = splits.find(requested)
                .map(split -> split.models(requestId, offered))
                .orElse(List.of());
        return shared.isEmpty()
                ? this
                : new Naming(
                        requested,
                        Stream.concat(shared.stream(), models.stream().skip(1))
                                .distinct()
                                .toList(),
                        SPLIT + requested);
    }

    boolean isSplit() {
        return reason.startsWith(SPLIT);
    }
}
