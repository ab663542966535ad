package io.weir.orchestration.storedresponse;

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

/// Removes responses that expired, and all of tenants that are erased: those that the control plane has taken from its
/// topic. Several processes may sweep at once.
final class ResponseSweep implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseSweep.class);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long BATCH = 1000;

    private final OldResponses rows;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final Duration every;
    private volatile @Nullable Disposable running;

    ResponseSweep(OldResponses rows, SnapshotTable<TenantSnapshot> tenants, Duration every) {
        this.rows = rows;
        this.tenants = tenants;
        this.every = every;
    }

    @Override
    public void start() {
        running = Flux.interval(every)
                .onBackpressureDrop()
                .concatMap(tick -> sweep().timeout(LONGEST).onErrorResume(failure -> {
                    LOG.warn("Stored responses could not be swept; the next round tries again", failure);
                    return Mono.empty();
                }))
                .subscribe();
    }

    private Mono<Void> sweep() {
        return rows.removeExpired()
                .expand(removed -> removed < BATCH ? Mono.empty() : rows.removeExpired())
                .then(Mono.defer(this::removeErased));
    }

    // A topic that is empty was lost, or never written: nobody is erased by that.
    private Mono<Void> removeErased() {
        if (!tenants.isReady() || tenants.all().isEmpty()) {
            return Mono.empty();
        }
        return rows.owners()
                .collectList()
                .flatMapIterable(all -> all)
                .filter(this::isGone)
                .concatMap(this::remove)
                .then();
    }

    private boolean isGone(UUID tenant) {
        return tenants.find(tenant.toString()).isEmpty();
    }

    private Mono<Long> remove(UUID tenant) {
        return rows.removeOf(tenant)
                .doOnNext(count -> LOG.info("{} stored responses of the erased tenant {} were removed", count, tenant));
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
