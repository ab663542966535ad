package io.weir.billing.allocation;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;

/// What tenants used of what drives cost.
///
/// @param tenants all that there are, those too that used nothing
/// @param used by driver and tenant
/// @param capacity by driver, in the same unit; without one nothing is idle
public record Drivers(
        Set<String> tenants, Map<String, Map<String, BigDecimal>> used, Map<String, BigDecimal> capacity) {

    public Drivers {
        tenants = Set.copyOf(tenants);
        used = Map.copyOf(used);
        capacity = Map.copyOf(capacity);
    }
}
