package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call that waits for room, or for that much more: then it names the hold that is to be raised. Guarded by its
/// account. Times are of [System#nanoTime].
final class Waiter {

    final Amount ceiling;
    final @Nullable LeasedHold raises;
    final Consumer<Outcome> done;
    final long deadline;
    long askAt = Long.MIN_VALUE;

    // As of the last time that there was no room.
    @Nullable
    Balance refused;

    Waiter(Amount ceiling, @Nullable LeasedHold raises, Consumer<Outcome> done, long deadline) {
        this.ceiling = ceiling;
        this.raises = raises;
        this.done = done;
        this.deadline = deadline;
    }

    /// What it is told when it has waited for too long.
    Outcome late() {
        Balance known = refused;
        return known == null
                ? new Outcome.Failed(new IllegalStateException("the store was not asked in time"))
                : new Outcome.Recovering(known);
    }
}
