package io.weir.observability;

import reactor.core.publisher.Mono;

/// One dependency of a service, looked at when somebody asks for `/health/checks`. Its failure is reported there and in
/// metrics; it never makes the service unready, for then one broken dependency would take every instance away.
public interface HealthCheck {

    /// The dependency's name as it stands in the answer, for example `postgres`.
    String name();

    /// Completes when the dependency works. Unhealthy is an error, or no answer within a second; the text of a
    /// [HealthCheckFailedException] is shown to whoever asks, of other errors only the kind.
    Mono<Void> check();

    /// Figures for people beside the result, also while it is healthy, for example how far behind it is. Answered at
    /// once; empty: there are none.
    default String detail() {
        return "";
    }
}
