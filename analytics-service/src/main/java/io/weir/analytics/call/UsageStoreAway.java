package io.weir.analytics.call;

import io.weir.clickhouse.ClickHouseException;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// What a caller is told when ClickHouse does not answer, or not this. What it said is for the log; a caller can only
/// come again.
public final class UsageStoreAway {

    private static final Logger LOG = LoggerFactory.getLogger(UsageStoreAway.class);

    private UsageStoreAway() {}

    /// A filter for routes that read from ClickHouse.
    public static Mono<ServerResponse> say(ServerRequest request, HandlerFunction<ServerResponse> next) {
        return next.handle(request).onErrorMap(ClickHouseException.class, failure -> {
            LOG.error("{} could not be answered", request.path(), failure);
            return new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    failure.isTooMuch()
                            ? "This question takes more time or memory than one may take at present. Ask for a shorter"
                                    + " time, or group by less, or try again later."
                            : "The usage store does not answer at present; nothing is lost. Try again in a moment.",
                    failure);
        });
    }
}
