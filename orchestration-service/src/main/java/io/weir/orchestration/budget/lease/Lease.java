package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What this process has of a window for a minute or so, guarded by its account.
final class Lease {

    final UUID id = UUID.randomUUID();
    final UUID holder;
    final long since;
    final Instant begun;

    // May be held at once, besides what is held.
    Amount free = Amount.ZERO;
    Amount held = Amount.ZERO;
    // In all; never falls.
    Amount settled = Amount.ZERO;

    // The store says so: all that it has is held by calls, so that others rely on it.
    boolean tight;
    boolean recalled;
    // Takes no new calls.
    boolean closing;
    // The store may have ended it: an order to do so was not answered.
    boolean mayBeGone;
    // Somebody recovered it; its calls are settled by the ledger.
    boolean lost;
    boolean dirty;
    // What calls held of it and did not spend, and no order has said yet.
    Amount returned = Amount.ZERO;
    long told;

    // Run when the store was told what is dirty.
    final List<Runnable> resolvers = new ArrayList<>();

    Lease(UUID holder, long now, Instant begun) {
        this.holder = holder;
        this.begun = begun;
        this.since = now;
        this.told = now;
    }

    boolean canHold(Amount ceiling) {
        return !closing && !recalled && !lost && free.compareTo(ceiling) >= 0;
    }

    void hold(Amount ceiling) {
        free = free.minus(ceiling);
        held = held.plus(ceiling);
    }

    void resolve(Amount ceiling, Amount spent) {
        held = held.minus(ceiling);
        free = free.plus(ceiling).minus(spent);
        settled = settled.plus(spent);
        returned = returned.plus(ceiling).minus(spent);
        dirty = true;
    }
}
