package io.weir.orchestration.decision;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Removes decisions that expired, a tenant's oldest ones beyond what it may have, and all of tenants that are erased:
/// those that the control plane has taken from its topic. Several processes may sweep at once.
final class OldDecisions implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(OldDecisions.class);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long BATCH = 1000;
    private static final String WHY =
            "decisions of all tenants that expired or are too many, and all of erased tenants," + " are removed";

    private static final String EXPIRED = """
        DELETE FROM routing_decision r WHERE r.ctid = ANY (ARRAY(
            SELECT o.ctid FROM routing_decision o WHERE o.expires_at <= clock_timestamp()
            LIMIT 1000))
        """;
    private static final String OWNERS = "SELECT DISTINCT tenant_id FROM routing_decision";
    private static final String OF_TENANT = "DELETE FROM routing_decision WHERE tenant_id = :tenant";
    private static final String TOO_MANY = """
        DELETE FROM routing_decision WHERE tenant_id = :tenant AND kept_at <= (
            SELECT n.kept_at FROM routing_decision n WHERE n.tenant_id = :tenant
            ORDER BY n.kept_at DESC OFFSET :most LIMIT 1)
        """;

    private final PlatformTransaction transaction;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final DecisionProperties properties;
    private volatile @Nullable Disposable running;

    OldDecisions(
            PlatformTransaction transaction, SnapshotTable<TenantSnapshot> tenants, DecisionProperties properties) {
        this.transaction = transaction;
        this.tenants = tenants;
        this.properties = properties;
    }

    @Override
    public void start() {
        running = Flux.interval(properties.sweepEvery())
                .onBackpressureDrop()
                .concatMap(tick -> sweep().timeout(LONGEST).onErrorResume(failure -> {
                    LOG.warn("Decisions could not be swept; the next round tries again", failure);
                    return Mono.empty();
                }))
                .subscribe();
    }

    private Mono<Void> sweep() {
        return removeExpired()
                .expand(removed -> removed < BATCH ? Mono.empty() : removeExpired())
                .thenMany(Flux.defer(this::owners).collectList().flatMapIterable(all -> all))
                .concatMap(this::trim)
                .then();
    }

    private Mono<Long> removeExpired() {
        return transaction.in(WHY, client -> client.sql(EXPIRED).fetch().rowsUpdated());
    }

    private Flux<UUID> owners() {
        return transaction.inMany(
                WHY,
                client -> client.sql(OWNERS)
                        .map(row -> Column.of(row, "tenant_id", UUID.class))
                        .all());
    }

    private Mono<Long> trim(UUID tenant) {
        return transaction.in(
                WHY,
                client -> isGone(tenant)
                        ? client.sql(OF_TENANT).bind("tenant", tenant).fetch().rowsUpdated()
                        : client.sql(TOO_MANY)
                                .bind("tenant", tenant)
                                .bind("most", properties.mostPerTenant())
                                .fetch()
                                .rowsUpdated());
    }

    // A topic that is empty was lost, or never written: nobody is erased by that.
    private boolean isGone(UUID tenant) {
        return tenants.isReady()
                && !tenants.all().isEmpty()
                && tenants.find(tenant.toString()).isEmpty();
    }

    @Override
    public void stop() {
        Disposable sweeping = running;
        if (sweeping != null) {
            sweeping.dispose();
            running = null;
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }
}
