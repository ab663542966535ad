package io.weir.gateway.limit;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How limits of requests are shared by the gateways.
///
/// @param instances how many gateways share them at least: by this a limit is divided while Redis never answered
/// @param planQuotas whether a plan's requests per hour, and its calls where no more can be bought, are limits, too
/// @param planRates whether a plan's requests per second and calls at the same time are limits
/// @param platformRequestsPerSecond what all tenants together may send, over all gateways; null: no cap
/// @param answerWithin the time in which Redis must answer; a request waits no longer for a permit
@ConfigurationProperties("weir.gateway.limits")
record LimitProperties(
        @DefaultValue("1") int instances,
        @DefaultValue("false") boolean planQuotas,
        @DefaultValue("true") boolean planRates,
        @Nullable BigDecimal platformRequestsPerSecond,
        @DefaultValue("250ms") Duration answerWithin) {

    LimitProperties {
        if (instances < 1) {
            throw new IllegalArgumentException(
                    "weir.gateway.limits.instances: " + instances + " (expected: at least 1)");
        }
        if (platformRequestsPerSecond != null && platformRequestsPerSecond.signum() <= 0) {
            throw new IllegalArgumentException("weir.gateway.limits.platform-requests-per-second: "
                    + platformRequestsPerSecond + " (expected: above 0)");
        }
        if (answerWithin.toMillis() < 1 || answerWithin.toSeconds() > 5) {
            throw new IllegalArgumentException(
                    "weir.gateway.limits.answer-within: " + answerWithin + " (expected: 1ms to 5s)");
        }
    }
}
