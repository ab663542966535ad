package io.weir.billing.rerating;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.billing.rerating.Run.Status;
import io.weir.money.Amount;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.tenancy.TenantId;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// Prices spans again. A run moves nothing until it is applied, and then exactly what it showed.
final class Reratings {

    private static final String WHY = "past usage of any tenant is priced again";

    // All of them are read while somebody waits.
    private static final long MOST_ROWS = 2_000_000;

    private final UsageRows rows;
    private final SnapshotTable<PriceBookSnapshot> books;
    private final PlatformTransaction transaction;
    private final R2dbcReratings store;
    private final Audit audit;
    private final InstantSource clock;

    Reratings(
            UsageRows rows,
            SnapshotTable<PriceBookSnapshot> books,
            PlatformTransaction transaction,
            R2dbcReratings store,
            Audit audit,
            InstantSource clock) {
        this.rows = rows;
        this.books = books;
        this.transaction = transaction;
        this.store = store;
        this.audit = audit;
        this.clock = clock;
    }

    /// Prices the span by the books in force, and keeps what would move.
    Mono<Run> dryRun(ReratingOrder order, String by) {
        Books inForce = inForce();
        return transaction
                .in(WHY, client -> store.releases(client, order.from(), order.to()))
                .map(earlier -> order.release().over(earlier))
                .flatMap(release -> rerated(order, inForce, release)
                        .flatMap(rerated -> kept(run(order, inForce, release, rerated), rerated, by)));
    }

    private Books inForce() {
        if (books.all().isEmpty()) {
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE, "The price books are not known yet. Try again in a moment.");
        }
        return new Books(books.all());
    }

    private Mono<Rerated> rerated(ReratingOrder order, Books inForce, Release release) {
        RowPricing pricing = new RowPricing(inForce, release);
        UUID only = order.tenant();
        return rows.between(order.from(), order.to(), only == null ? null : only.toString())
                .index()
                .doOnNext(row -> demandRoom(row.getT1()))
                .reduceWith(Rerated::new, (rerated, row) -> {
                    rerated.add(row.getT2(), pricing.of(row.getT2()));
                    return rerated;
                });
    }

    private static void demandRoom(long index) {
        if (index >= MOST_ROWS) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "to",
                    "The span has more than " + MOST_ROWS + " attempts. Send fewer hours, or one tenant.");
        }
    }

    private Run run(ReratingOrder order, Books inForce, Release release, Rerated rerated) {
        Amount difference =
                rerated.tenants().stream().map(Rerated.OfTenant::difference).reduce(Amount.ZERO, Amount::plus);
        return new Run(
                UUID.randomUUID(),
                Status.DRY_RUN,
                order.from(),
                order.to(),
                order.tenant(),
                inForce.versions(),
                release.words(),
                release.measured(),
                difference,
                rerated.tenants(),
                List.of(),
                clock.instant(),
                null);
    }

    private Mono<Run> kept(Run run, Rerated rerated, String by) {
        return transaction.in(
                WHY, client -> store.add(client, run, rerated.deltas(), by).then(store.find(client, run.id())));
    }

    /// Fails with a 404 where there is none.
    Mono<Run> find(UUID run) {
        return transaction.in(WHY, client -> store.find(client, run)).switchIfEmpty(Mono.error(Reratings::notFound));
    }

    /// Lets it hold. Applying it again changes nothing. Fails with a 409 where another run of some of its hours
    /// was applied since: what was shown is no longer the difference.
    Mono<Run> apply(UUID run, String by) {
        return transaction.in(
                WHY,
                client -> R2dbcReratings.lock(client)
                        .then(store.find(client, run))
                        .switchIfEmpty(Mono.error(Reratings::notFound))
                        .filter(found -> found.status() == Status.DRY_RUN)
                        .delayUntil(
                                found -> R2dbcReratings.isOutdated(client, run).doOnNext(Reratings::demandFresh))
                        .delayUntil(found -> R2dbcReratings.apply(client, run, by, clock.instant()))
                        .delayUntil(found -> audit.record(client, owner(found), entry(found)))
                        .then(store.find(client, run)));
    }

    private static AuditEntry entry(Run run) {
        return AuditEntry.done("rerating.applied", "rerating:" + run.id())
                .with("difference " + run.difference() + " USD from " + run.from() + " to " + run.to());
    }

    private static TenantId owner(Run run) {
        @Nullable UUID one = run.tenantId();
        return one == null ? TenantId.PLATFORM : new TenantId(one);
    }

    private static void demandFresh(boolean outdated) {
        if (outdated) {
            throw new PlatformException(
                    ProblemType.CONFLICT,
                    "Another run of some of these hours was applied since. Run it again, and look at the difference.");
        }
    }

    private static PlatformException notFound() {
        return new PlatformException(ProblemType.NOT_FOUND, "There is no such run. Check the id.");
    }
}
