package io.weir.orchestration.budget.lease;

import io.weir.orchestration.budget.lease.BudgetStore.Balance;

/// What became of a wish to hold.
public sealed interface Outcome {

    record Held(LeasedHold hold) implements Outcome {}

    /// There is no room for it.
    ///
    /// @param balance what others hold for certain is counted as held
    record OverLimit(Balance balance) implements Outcome {}

    /// There is no room now, but what others have may come back: they did not answer in time, or died.
    ///
    /// @param balance with all that others have counted as held
    record Recovering(Balance balance) implements Outcome {}

    /// The window could not be asked.
    record Failed(Throwable why) implements Outcome {}
}
