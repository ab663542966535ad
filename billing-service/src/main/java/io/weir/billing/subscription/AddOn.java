package io.weir.billing.subscription;

import io.weir.billing.rating.model.InvalidTermsException;
import java.math.BigDecimal;
import java.util.Map;

/// What may be had beside a plan, once or several times.
///
/// @param code such as `more-seats`
/// @param fee of a period, each
/// @param included units that each adds to what the plan includes, by metric
public record AddOn(String code, BigDecimal fee, Map<Metric, BigDecimal> included) {

    /// Throws [InvalidTermsException] naming the field that makes no sense.
    public AddOn {
        if (fee.signum() < 0) {
            throw new InvalidTermsException("addOn.fee", "It is negative. Send 0 or more.");
        }
        included.forEach((metric, units) -> {
            if (units.signum() < 0) {
                throw new InvalidTermsException(
                        "addOn.included." + metric.wireName(), "It is negative. Send 0 or more.");
            }
        });
        included = Map.copyOf(included);
    }
}
