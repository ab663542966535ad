package io.weir.billing.subscription;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/// What holds for a tenant on a day.
///
/// @param fee of a whole period, with the phase and the tenant's own
/// @param trial whether nothing is charged
/// @param addOns with how many there are of each, by code
record Terms(PlanVersion plan, BigDecimal fee, boolean trial, Map<String, Several> addOns) {

    Terms {
        fee = fee.stripTrailingZeros();
        addOns = Map.copyOf(new TreeMap<>(addOns));
    }

    /// Some of an add-on.
    record Several(AddOn addOn, int quantity) {}

    /// Units that add-ons include.
    BigDecimal included(Metric metric) {
        return addOns.values().stream()
                .map(some -> some.addOn()
                        .included()
                        .getOrDefault(metric, BigDecimal.ZERO)
                        .multiply(BigDecimal.valueOf(some.quantity())))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
