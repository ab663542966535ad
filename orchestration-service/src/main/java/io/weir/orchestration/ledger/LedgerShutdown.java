package io.weir.orchestration.ledger;

import io.weir.ledger.LedgerWriter;
import org.springframework.context.SmartLifecycle;

/// Closes the ledger after the running calls have ended, and while there is still a database to be told of its file.
final class LedgerShutdown implements SmartLifecycle {

    private final LedgerWriter writer;
    private volatile boolean running;

    LedgerShutdown(LedgerWriter writer) {
        this.writer = writer;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        writer.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    // After the budgets have begun, whose leases go back when its last settlement is in.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 4000;
    }
}
