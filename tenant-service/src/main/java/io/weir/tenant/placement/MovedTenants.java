package io.weir.tenant.placement;

import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.placement.move.Announcer;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantSnapshots;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.trail.Trail;
import java.time.Duration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Notes in the directory that a tenant is elsewhere, and has the data plane told, in one transaction.
@Component
final class MovedTenants implements Announcer {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final PlatformTransaction platform;
    private final TenantSnapshots snapshots;
    private final Outbox outbox;
    private final Trail trail;

    MovedTenants(PlatformTransaction platform, TenantSnapshots snapshots, Outbox outbox, Trail trail) {
        this.platform = platform;
        this.snapshots = snapshots;
        this.outbox = outbox;
        this.trail = trail;
    }

    @Override
    public void moved(TenantId tenant, Placement placement) {
        platform.in("a tenant was moved", client -> note(client, tenant, placement))
                .block(LONGEST);
        outbox.wake();
    }

    private Mono<Void> note(DatabaseClient client, TenantId tenant, Placement placement) {
        return client.sql("UPDATE tenant SET placement = :placement WHERE tenant_id = :tenant"
                        + " AND placement <> :placement")
                .bind("placement", placement.wireName())
                .bind("tenant", tenant.value())
                .fetch()
                .rowsUpdated()
                .filter(changed -> changed > 0)
                .flatMap(changed -> snapshots.changed(client, tenant))
                .flatMap(told -> trail.record(
                        client,
                        tenant,
                        Trail.Change.of("placement.changed", "tenant:" + tenant).because(placement.wireName())))
                .then();
    }
}
