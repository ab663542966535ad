package io.weir.r2dbc.governance;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/// The sharing of the database in figures; none names a tenant, the log does.
public final class GovernanceMeters implements MeterBinder {

    private final FairAdmission admission;

    public GovernanceMeters(FairAdmission admission) {
        this.admission = admission;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(
                registry,
                "weir.database.connections.limit",
                "connections in use at most, as the server bears it",
                all -> all.figures().limit());
        gauge(
                registry,
                "weir.database.connections.used",
                "connections that tenants' transactions hold",
                all -> all.figures().inUse());
        gauge(
                registry,
                "weir.database.waiting",
                "transactions that wait for their turn",
                all -> all.figures().waiting());
        gauge(
                registry,
                "weir.database.breakers.open",
                "tenants kept away because their transactions stall",
                all -> all.openBreakers());
        refused(registry, "late", admission.refusals().late);
        refused(registry, "full", admission.refusals().full);
        refused(registry, "stalled", admission.refusals().keptAway);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<FairAdmission> value) {
        Gauge.builder(name, admission, value).description(description).register(registry);
    }

    private static void refused(MeterRegistry registry, String reason, LongAdder count) {
        FunctionCounter.builder("weir.database.refused", count, LongAdder::doubleValue)
                .tag("reason", reason)
                .description("transactions of tenants that got no turn")
                .register(registry);
    }
}
