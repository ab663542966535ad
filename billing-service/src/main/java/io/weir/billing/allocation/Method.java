package io.weir.billing.allocation;

import java.math.BigDecimal;
import java.util.Map;

/// How a cost is spread over tenants.
public sealed interface Method {

    /// To the tenant that a tag of the row names; a row without it has no owner.
    record Direct(String tag) implements Method {}

    /// The same to each tenant.
    record Even() implements Method {}

    /// By how much of something each tenant used. What of its capacity nobody used is idle, where there is a capacity.
    ///
    /// @param driver such as `tokens` or `cpu_seconds`
    record Proportional(String driver) implements Method {}

    /// By weights that were agreed.
    record Fixed(Map<String, BigDecimal> weights) implements Method {

        /// Throws [IllegalArgumentException] where a weight is negative, or none is positive.
        public Fixed {
            weights = Map.copyOf(weights);
            if (weights.values().stream().anyMatch(weight -> weight.signum() < 0)
                    || weights.values().stream().noneMatch(weight -> weight.signum() > 0)) {
                throw new IllegalArgumentException("weights: " + weights + " (expected: none negative, one positive)");
            }
        }
    }
}
