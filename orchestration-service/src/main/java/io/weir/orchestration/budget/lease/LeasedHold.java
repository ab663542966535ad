package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import java.util.UUID;

/// A call's claim on a window. It is resolved once; what follows changes nothing.
public final class LeasedHold {

    final WindowAccount account;
    final Lease lease;

    // Guarded by the account.
    Amount ceiling;
    boolean resolved;

    LeasedHold(WindowAccount account, Lease lease, Amount ceiling) {
        this.account = account;
        this.lease = lease;
        this.ceiling = ceiling;
    }

    public WindowId window() {
        return account.window();
    }

    /// Which lease it is held against, for the ledger.
    public UUID leaseId() {
        return lease.id;
    }
}
