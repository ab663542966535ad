package io.weir.r2dbc.governance;

/// The limits of the plans as a service knows them, for example from the plans' snapshots. Asked for each
/// transaction: it answers from memory.
@FunctionalInterface
public interface PlanCatalogue {

    /// The limits of the plan of that key, now.
    PlanLimits of(String plan);

    /// The figures that the catalogue is delivered with.
    static PlanCatalogue delivered() {
        return PlanLimits::delivered;
    }
}
