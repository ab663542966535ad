package io.weir.observability;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// All checks of this service, run side by side. An answer is kept for a second, so that asking often costs nothing.
public final class HealthChecks {

    /// How a working dependency is reported.
    public static final String HEALTHY = "healthy";

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final List<HealthCheck> all;
    private final Mono<Map<String, String>> results;

    public HealthChecks(List<HealthCheck> checks) {
        this.all = List.copyOf(checks);
        this.results = Flux.fromIterable(all)
                .flatMap(HealthChecks::result, Math.max(1, all.size()))
                .collect(TreeMap<String, String>::new, (map, one) -> map.put(one.name(), one.text()))
                .map(Map::<String, String>copyOf)
                .cache(LIMIT);
    }

    /// `healthy` or `unhealthy: <reason>` by name. Never fails, and takes little more than a second.
    public Mono<Map<String, String>> results() {
        return results;
    }

    /// What checks tell beside their results, by name.
    public Map<String, String> details() {
        Map<String, String> details = new TreeMap<>();
        for (HealthCheck check : all) {
            String detail = check.detail();
            if (!detail.isEmpty()) {
                details.put(check.name(), detail);
            }
        }
        return details;
    }

    private static Mono<Result> result(HealthCheck check) {
        return Mono.defer(check::check)
                .timeout(LIMIT)
                .thenReturn(new Result(check.name(), HEALTHY))
                .onErrorResume(failure -> Mono.just(unhealthy(check.name(), failure)));
    }

    private static Result unhealthy(String name, Throwable failure) {
        LOG.warn("Health check '{}' failed: {}", name, failure.toString());
        String reason = switch (failure) {
            case HealthCheckFailedException known -> String.valueOf(known.getMessage());
            case TimeoutException late -> "no answer within " + LIMIT.toMillis() + " ms";
            default -> failure.getClass().getSimpleName();
        };
        return new Result(name, "unhealthy: " + reason);
    }

    private record Result(String name, String text) {}
}
