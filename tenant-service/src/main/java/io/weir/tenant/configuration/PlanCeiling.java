package io.weir.tenant.configuration;

import io.weir.tenant.settings.Cascade;
import java.util.Optional;

/// What only the platform's operator may raise above the plan: limits, and features that a plan lacks.
final class PlanCeiling {

    private PlanCeiling() {}

    /// @param plan the cascade without the tenant's own settings
    /// @param wanted the cascade with them
    static boolean isExceeded(String path, Cascade plan, Cascade wanted) {
        Optional<Cascade.Effective> ceiling = plan.at(path);
        Optional<Cascade.Effective> value = wanted.at(path);
        if (ceiling.isEmpty() || value.isEmpty() || !ceiling.get().source().equals("plan")) {
            return false;
        }
        if (path.startsWith("limits.")) {
            return value.get()
                            .value()
                            .decimalValue()
                            .compareTo(ceiling.get().value().decimalValue())
                    > 0;
        }
        return path.startsWith("features.")
                && value.get().value().booleanValue()
                && !ceiling.get().value().booleanValue();
    }
}
