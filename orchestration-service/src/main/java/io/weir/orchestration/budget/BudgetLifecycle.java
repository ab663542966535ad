package io.weir.orchestration.budget;

import io.weir.orchestration.budget.alert.AlertRelay;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.Replication;
import io.weir.orchestration.budget.recovery.LeaseRecovery;
import io.weir.r2dbc.PlatformTransaction;
import org.springframework.context.SmartLifecycle;

/// Begins what runs for budgets once the database is migrated, and ends it after the last call has ended, before the
/// database's connections go: a process that stops gives its leases back, rather than being taken for dead.
final class BudgetLifecycle implements SmartLifecycle {

    private final Leases leases;
    private final LeaseRecovery recovery;
    private final AlertRelay alerts;
    private final PlatformTransaction transaction;
    private volatile boolean running;

    BudgetLifecycle(Leases leases, LeaseRecovery recovery, AlertRelay alerts, PlatformTransaction transaction) {
        this.leases = leases;
        this.recovery = recovery;
        this.alerts = alerts;
        this.transaction = transaction;
    }

    @Override
    public void start() {
        running = true;
        leases.begin();
        recovery.begin();
        alerts.begin();
        Replication.warn(transaction);
    }

    @Override
    public void stop() {
        running = false;
        recovery.close();
        leases.close();
        alerts.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MIN_VALUE + 3000;
    }
}
