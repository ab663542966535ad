package io.weir.tenant.audit.sealing;

import io.weir.r2dbc.TenantTransaction;
import io.weir.security.TrustedKeys;
import io.weir.tenancy.TenantId;
import io.weir.tenant.audit.AuditRecords;
import io.weir.tenant.audit.sealing.AuditExport.Exported;
import io.weir.tenant.audit.sealing.Verdict.Broken;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Verifies a tenant's log from its first record: every leaf is made again from the rows and compared with
/// what was exported and signed. Stops at the first record that does not hold. Runs in the tenant's scope,
/// in small transactions, so that it holds up nobody.
public final class Verification {

    /// An event or a checkpoint may be on its way for so long.
    private static final Duration GRACE = Duration.ofMinutes(5);

    private static final int CHECKPOINTS = 50;

    private final TenantTransaction transaction;
    private final AuditRecords records;
    private final CheckpointRows checkpoints;
    private final TrustedKeys keys;
    private final @Nullable AuditExport export;
    private final Duration sealEvery;
    private final Clock clock;

    Verification(
            TenantTransaction transaction,
            AuditRecords records,
            CheckpointRows checkpoints,
            TrustedKeys keys,
            @Nullable AuditExport export,
            Duration sealEvery,
            Clock clock) {
        this.transaction = transaction;
        this.records = records;
        this.checkpoints = checkpoints;
        this.keys = keys;
        this.export = export;
        this.sealEvery = sealEvery;
        this.clock = clock;
    }

    /// Where a run is.
    private static final class Progress {
        private final NavigableMap<Long, Path> exports;
        private @Nullable Checkpoint last;
        private @Nullable Broken broken;
        private long checkpoints;
        private long events;

        Progress(NavigableMap<Long, Path> exports) {
            this.exports = exports;
        }

        long number() {
            Checkpoint before = last;
            return before == null ? 0 : before.number();
        }

        long sealedTo() {
            Checkpoint before = last;
            return before == null ? 0 : before.to();
        }
    }

    /// Answers with what was found; fails only where the rows or exports cannot be read.
    public Mono<Verdict> verify(TenantId tenant) {
        return exports(tenant)
                .map(Progress::new)
                .flatMap(run -> sealed(tenant, run)
                        .then(Mono.defer(() -> run.broken == null ? unsealed(tenant, run) : Mono.just(0L)))
                        .map(tail -> verdict(run, tail)));
    }

    private Mono<NavigableMap<Long, Path>> exports(TenantId tenant) {
        AuditExport from = export;
        return from == null
                ? Mono.just(new TreeMap<>())
                : Mono.fromCallable(() -> from.index(tenant)).subscribeOn(Schedulers.boundedElastic());
    }

    private Verdict verdict(Progress run, long tail) {
        return new Verdict(
                run.broken == null, run.events, run.checkpoints, tail, export != null, clock.instant(), run.broken);
    }

    private Mono<Void> sealed(TenantId tenant, Progress run) {
        return Mono.defer(() -> page(tenant, run))
                .repeat()
                .takeUntil(more -> !more || run.broken != null)
                .then();
    }

    /// False when there are no more.
    private Mono<Boolean> page(TenantId tenant, Progress run) {
        return transaction
                .placedRead(client -> checkpoints.after(client, tenant, run.number(), CHECKPOINTS))
                .collectList()
                .flatMap(found -> Flux.fromIterable(found)
                        .concatMap(one -> run.broken == null ? check(tenant, run, one) : Mono.empty())
                        .then(Mono.fromSupplier(() -> goesOn(run, found))));
    }

    private boolean goesOn(Progress run, List<Checkpoint> found) {
        if (found.size() == CHECKPOINTS || run.broken != null) {
            return true;
        }
        // The end of the rows must be the end of the exports.
        Long further = run.exports.higherKey(run.number());
        if (further != null) {
            run.broken = new Broken(
                    run.sealedTo() + 1, "checkpoint " + further + " was exported and is missing in the database");
        }
        return false;
    }

    private Mono<Void> check(TenantId tenant, Progress run, Checkpoint next) {
        if (next.number() != run.number() + 1) {
            run.broken = new Broken(run.sealedTo() + 1, "checkpoint " + (run.number() + 1) + " is missing");
            return Mono.empty();
        }
        return exported(run, next).flatMap(outside -> {
            CheckpointCheck check = new CheckpointCheck(tenant, keys, next, outside.orElse(null));
            run.broken =
                    check.chain(run.last).or(() -> notExported(next, outside)).orElse(null);
            return run.broken != null ? Mono.empty() : checkRecords(tenant, run, next, check);
        });
    }

    private Mono<Optional<Exported>> exported(Progress run, Checkpoint next) {
        Path file = run.exports.get(next.number());
        return file == null
                ? Mono.just(Optional.empty())
                : Mono.fromCallable(() -> Optional.ofNullable(AuditExport.read(file)))
                        .subscribeOn(Schedulers.boundedElastic());
    }

    private Optional<Broken> notExported(Checkpoint next, Optional<Exported> outside) {
        boolean late = next.sealedAt().isBefore(clock.instant().minus(GRACE));
        return export != null && outside.isEmpty() && late
                ? Optional.of(new Broken(
                        next.from(), "the export of checkpoint " + next.number() + " is missing or unreadable"))
                : Optional.empty();
    }

    private Mono<Void> checkRecords(TenantId tenant, Progress run, Checkpoint next, CheckpointCheck check) {
        // One more than there may be, for a row that stands there twice.
        return transaction
                .placedRead(client -> records.between(client, tenant, next.from(), next.to(), Sealing.BATCH + 1))
                .collectList()
                .doOnNext(rows -> {
                    run.events += rows.size();
                    run.broken = check.records(rows).orElse(null);
                    if (run.broken == null) {
                        run.last = next;
                        run.checkpoints++;
                    }
                })
                .then();
    }

    /// How many records wait for their checkpoint.
    private Mono<Long> unsealed(TenantId tenant, Progress run) {
        Instant since = clock.instant().minus(GRACE);
        return transaction
                .placedRead(client -> records.extent(client, tenant)
                        .zipWith(records.head(client, tenant))
                        .flux())
                .next()
                .flatMap(found -> {
                    AuditRecords.Extent extent = found.getT1();
                    long tail = Math.max(0, found.getT2() - run.sealedTo());
                    run.events += tail;
                    run.broken = extent(extent, found.getT2()).orElse(null);
                    return run.broken != null
                            ? Mono.just(tail)
                            : waitsTooLong(tenant, run)
                                    .then(Mono.defer(() -> gap(tenant, run, since)))
                                    .thenReturn(tail);
                });
    }

    private static Optional<Broken> extent(AuditRecords.Extent extent, long head) {
        if (extent.lowest() < 1) {
            return Optional.of(new Broken(extent.lowest(), "the record was added: numbers begin at 1"));
        }
        if (extent.highest() > head) {
            return Optional.of(new Broken(head + 1, "the record was added: the last number given is " + head));
        }
        if (extent.highest() < head) {
            return Optional.of(new Broken(extent.highest() + 1, "the record is missing"));
        }
        return extent.count() != head
                ? Optional.of(new Broken(
                        extent.lowest(), "there are " + extent.count() + " records (expected: " + head + ")"))
                : Optional.empty();
    }

    private Mono<Void> waitsTooLong(TenantId tenant, Progress run) {
        Instant limit = clock.instant().minus(GRACE).minus(sealEvery);
        long first = run.sealedTo() + 1;
        return transaction
                .placedRead(client -> records.between(client, tenant, first, Long.MAX_VALUE, 1))
                .next()
                .doOnNext(row -> {
                    if (row.seq() != first) {
                        run.broken = new Broken(first, "the record is missing");
                    } else if (row.storedAt() == null || row.storedAt().isBefore(limit)) {
                        run.broken = new Broken(first, "not sealed since " + row.storedAt());
                    }
                })
                .then();
    }

    private Mono<Void> gap(TenantId tenant, Progress run, Instant since) {
        if (run.broken != null) {
            return Mono.empty();
        }
        return transaction
                .placedRead(client -> records.firstGap(client, tenant, since).flux())
                .next()
                .doOnNext(gap -> run.broken = new Broken(
                        gap.seq(), "before it, number " + gap.missing() + " of " + gap.producer() + " never arrived"))
                .then();
    }
}
