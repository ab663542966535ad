package io.weir.tenant.audit.sealing;

import io.weir.r2dbc.TenantTransaction;
import io.weir.security.SigningKey;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.AuditRecord;
import io.weir.tenant.audit.AuditRecords;
import io.weir.tenant.audit.AuditRow;
import io.weir.tenant.audit.TenantLogs;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Seals one tenant's log up to its end. The signed checkpoint is committed first and exported then; one
/// that could not be exported is the next time, from rows that must still give the root that was signed.
final class Sealing {

    static final int BATCH = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

    private final TenantLogs logs;
    private final TenantTransaction transaction;
    private final AuditRecords records;
    private final CheckpointRows checkpoints;
    private final Supplier<SigningKey> keys;
    private final @Nullable AuditExport export;
    private final Clock clock;

    Sealing(
            TenantLogs logs,
            TenantTransaction transaction,
            AuditRecords records,
            CheckpointRows checkpoints,
            Supplier<SigningKey> keys,
            @Nullable AuditExport export,
            Clock clock) {
        this.logs = logs;
        this.transaction = transaction;
        this.records = records;
        this.checkpoints = checkpoints;
        this.keys = keys;
        this.export = export;
        this.clock = clock;
    }

    private record Sealed(Checkpoint checkpoint, List<byte[]> leaves) {}

    /// How many checkpoints were made.
    Mono<Long> seal(TenantId tenant) {
        return logs.acting(
                tenant,
                Mono.defer(() -> sealNext(tenant))
                        .repeat()
                        .takeUntil(made -> made.isEmpty())
                        .filter(Optional::isPresent)
                        .count()
                        .delayUntil(made -> exportRest(tenant)));
    }

    private Mono<Optional<Sealed>> sealNext(TenantId tenant) {
        return transaction
                .placed(client -> records.lockedHead(client, tenant)
                        .flatMap(head -> checkpoints
                                .last(client, tenant)
                                .map(Optional::of)
                                .defaultIfEmpty(Optional.empty())
                                .flatMap(last -> sealBehind(client, tenant, last))))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .delayUntil(made -> made.map(this::exported).orElse(Mono.empty()));
    }

    /// Empty where nothing is to be sealed.
    private Mono<Sealed> sealBehind(DatabaseClient client, TenantId tenant, Optional<Checkpoint> last) {
        long from = last.map(Checkpoint::to).orElse(0L) + 1;
        return records.between(client, tenant, from, Long.MAX_VALUE, BATCH)
                .collectList()
                .flatMap(rows -> {
                    List<byte[]> leaves = wholeLeaves(tenant, from, rows);
                    if (leaves.isEmpty()) {
                        return Mono.empty();
                    }
                    Checkpoint checkpoint = Checkpoint.seal(
                            tenant,
                            last.map(Checkpoint::number).orElse(0L) + 1,
                            from,
                            from + leaves.size() - 1,
                            MerkleTree.root(leaves),
                            last.map(Checkpoint::digest).orElse(Checkpoint.NONE),
                            clock.instant(),
                            keys.get());
                    return checkpoints.add(client, checkpoint).thenReturn(new Sealed(checkpoint, leaves));
                });
    }

    // What does not hold now is not vouched for: the log stays unsealed from there on, and verification says why.
    private static List<byte[]> wholeLeaves(TenantId tenant, long from, List<AuditRow> rows) {
        List<byte[]> leaves = new ArrayList<>(rows.size());
        for (AuditRow row : rows) {
            Optional<AuditRecord> record = row.record();
            if (row.seq() != from + leaves.size() || record.isEmpty()) {
                LOG.error(
                        "The audit log of tenant {} is broken at record {}: it is not sealed any further",
                        tenant,
                        from + leaves.size());
                return leaves;
            }
            leaves.add(record.get().leaf());
        }
        return leaves;
    }

    private Mono<Void> exported(Sealed made) {
        AuditExport to = export;
        return to == null
                ? Mono.empty()
                : Mono.<Void>fromRunnable(() -> to.write(made.checkpoint(), made.leaves()))
                        .subscribeOn(Schedulers.boundedElastic());
    }

    private Mono<Void> exportRest(TenantId tenant) {
        AuditExport to = export;
        return to == null
                ? Mono.empty()
                : Mono.fromCallable(() -> to.index(tenant))
                        .subscribeOn(Schedulers.boundedElastic())
                        .flatMap(index -> exportMissing(tenant, index.keySet()));
    }

    // Not only those behind the last: of two processes one may have died with its own not exported.
    private Mono<Void> exportMissing(TenantId tenant, Set<Long> exported) {
        return exportNext(tenant, beforeMissing(exported, 0))
                .expand(done -> exportNext(tenant, beforeMissing(exported, done)))
                .then();
    }

    private static long beforeMissing(Set<Long> exported, long after) {
        long number = after;
        while (exported.contains(number + 1)) {
            number++;
        }
        return number;
    }

    private Mono<Long> exportNext(TenantId tenant, long done) {
        return transaction
                .placedRead(client -> checkpoints
                        .after(client, tenant, done, 1)
                        .concatMap(next -> records.between(client, tenant, next.from(), next.to(), BATCH)
                                .collectList()
                                .map(rows -> new Sealed(next, wholeLeaves(tenant, next.from(), rows)))))
                .next()
                .filter(Sealing::holds)
                .flatMap(next -> exported(next).thenReturn(next.checkpoint().number()));
    }

    private static boolean holds(Sealed next) {
        boolean holds = HexFormat.of()
                .formatHex(MerkleTree.root(next.leaves()))
                .equals(next.checkpoint().root());
        if (!holds) {
            LOG.error(
                    "Checkpoint {} of tenant {} was not exported, and its records have changed since",
                    next.checkpoint().number(),
                    next.checkpoint().tenant());
        }
        return holds;
    }
}
