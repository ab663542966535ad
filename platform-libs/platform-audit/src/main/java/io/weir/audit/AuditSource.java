package io.weir.audit;

import io.weir.tenancy.TenantId;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import reactor.util.context.ContextView;

/// Makes events in a service's name. Safe for use by many threads.
///
/// @param random need not be strong, since ids are unique, not secret; but safe for use by many threads
public record AuditSource(String service, InstantSource clock, RandomGenerator random) {

    /// The event, not numbered yet.
    public AuditEvent event(ContextView context, TenantId tenant, AuditEntry entry) {
        return new AuditEvent(
                UuidV7.next(clock.instant(), random),
                clock.instant(),
                tenant,
                AuditContext.of(context, service),
                entry,
                service,
                service,
                0);
    }

    /// The name of one run of this process, for numbers that do not outlive it.
    public String newRun() {
        return service + "/" + UuidV7.next(clock.instant(), random);
    }
}
