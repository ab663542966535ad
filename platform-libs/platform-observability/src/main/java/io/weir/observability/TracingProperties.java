package io.weir.observability;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which requests are traced.
///
/// @param sampling share of requests that begin a trace, 0 to 1
/// @param beginsTraces whether this service begins traces; only the edge does, everyone else follows
/// @param trustInbound whether a `traceparent` from outside is followed; only the edge asks
@ConfigurationProperties("weir.tracing")
public record TracingProperties(
        @DefaultValue("0.01") double sampling,
        @DefaultValue("false") boolean beginsTraces,
        @DefaultValue("false") boolean trustInbound) {

    public TracingProperties {
        if (!(sampling >= 0 && sampling <= 1)) {
            throw new IllegalArgumentException("weir.tracing.sampling: " + sampling + " (expected: 0 to 1)");
        }
    }
}
