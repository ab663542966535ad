package io.weir.orchestration.batch;

import io.weir.orchestration.batch.Batch.Status;
import io.weir.orchestration.batch.R2dbcWork.Claim;
import io.weir.orchestration.inference.OfflineCalls;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Does what was offered, where it is still to be done and nobody else does it. Safe for use by many
/// threads.
final class BatchWork {

    private static final Logger LOG = LoggerFactory.getLogger(BatchWork.class);

    private final WorkParts parts;
    private final R2dbcBatches batches;
    private final SnapshotTable<TenantSnapshot> tenants;
    private final Map<String, OfflineCalls> calls;
    private final Runnable more;
    private final Set<ChunkRun> running = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /// @param more called when there may be more to do
    BatchWork(
            WorkParts parts,
            R2dbcBatches batches,
            SnapshotTable<TenantSnapshot> tenants,
            List<OfflineCalls> calls,
            Runnable more) {
        this.parts = parts;
        this.batches = batches;
        this.tenants = tenants;
        this.calls = calls.stream().collect(Collectors.toMap(OfflineCalls::path, Function.identity()));
        this.more = more;
    }

    /// Begins nothing new, and lets what is under way come to its end.
    void stop() {
        stopped = true;
        running.forEach(ChunkRun::stop);
    }

    /// Completes when it is done, or is not to be done here; never fails.
    Mono<Void> take(WorkItem item) {
        return Mono.defer(() -> {
                    TenantSnapshot tenant =
                            tenants.find(item.tenantId().toString()).orElse(null);
                    // What is suspended waits; it is offered again.
                    if (stopped || tenant == null || (item.chunk() >= 0 && tenant.status() != TenantStatus.ACTIVE)) {
                        return Mono.<Void>empty();
                    }
                    Claim claim = new Claim(item.tenantId(), item.batch(), UUID.randomUUID());
                    TenantContext context = tenant.context();
                    return (item.chunk() < 0 ? advance(claim, context) : run(claim, context, item.chunk()))
                            .contextWrite(TenantScope.entering(context));
                })
                .doOnError(failed -> LOG.warn("{} of a batch is done later", item, failed))
                .onErrorComplete();
    }

    private Mono<Void> run(Claim claim, TenantContext tenant, int number) {
        return parts.work()
                .claim(claim, number)
                .flatMap(chunk -> batches.find(claim.tenant(), claim.batch()).flatMap(batch -> {
                    OfflineCalls by = calls.get(batch.endpoint());
                    if (by == null) {
                        return Mono.error(new IllegalStateException("no calls to " + batch.endpoint()));
                    }
                    ChunkRun run = new ChunkRun(parts, by, tenant, batch, claim, chunk);
                    running.add(run);
                    if (stopped) {
                        run.stop();
                    }
                    return run.run().doFinally(end -> {
                        running.remove(run);
                        more.run();
                    });
                }));
    }

    private Mono<Void> advance(Claim claim, TenantContext tenant) {
        return parts.work().claim(claim).flatMap(batch -> {
            Finishing finishing = new Finishing(parts, tenant, batch, claim);
            Mono<Boolean> step = batch.status() == Status.VALIDATING ? finishing.validate() : finishing.finish();
            return whileHeld(claim, tenant, batch.status(), step);
        });
    }

    private Mono<Void> whileHeld(Claim claim, TenantContext tenant, Status status, Mono<Boolean> step) {
        return Mono.using(
                        () -> new Held(
                                parts.work().renew(claim).contextWrite(TenantScope.entering(tenant)),
                                status,
                                parts.limits().claim().dividedBy(3)),
                        held -> step.takeUntilOther(held.lost())
                                .onErrorResume(
                                        failed -> parts.work().leave(claim).then(Mono.error(failed))),
                        Held::dispose)
                // What was cancelled in between is not what the step expected.
                .flatMap(done -> done ? Mono.just(true) : parts.work().leave(claim))
                .doFinally(end -> more.run())
                .then();
    }
}
