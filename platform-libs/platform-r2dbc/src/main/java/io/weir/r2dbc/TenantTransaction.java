package io.weir.r2dbc;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TransactionFor.Mode;
import io.weir.r2dbc.TransactionRunner.RowsElsewhereException;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The only way to tenants' rows: a transaction in which the database shows and takes the rows of the tenant in the
/// Reactor context, and no others. Safe for use by many threads.
///
/// Rows of the registry (tenants, keys, budgets, invoices) never leave the service's own database: [#in]. Placed rows
/// are where the tenant's placement says, and may move while they are used: [#placed] and [#placedRead].
///
/// Statements carry `tenant_id = :tenant` as well: the policy backs the predicate up. The client that the work
/// receives works only inside its transaction. Transactions do not nest.
public final class TenantTransaction {

    private static final int SITES_TRIED = 5;

    private final TransactionRunner runner;
    private final Site home;
    private final ProofKey key;
    private final Admission admission;
    private final Sites sites;
    private final TransactionLimits limits;
    private final ReadReplica replica;

    TenantTransaction(
            TransactionRunner runner,
            Site home,
            ProofKey key,
            Admission admission,
            Sites sites,
            TransactionLimits limits,
            ReadReplica replica) {
        this.runner = runner;
        this.home = home;
        this.key = key;
        this.admission = admission;
        this.sites = sites;
        this.limits = limits;
        this.replica = replica;
    }

    /// Runs the work in one transaction and answers after its commit; an error, cancellation or timeout rolls back.
    /// Fails with [io.weir.tenancy.MissingTenantException] where the context names no tenant, and with a 503
    /// when no connection comes free in time or the database is away.
    public <T> Mono<T> in(Function<DatabaseClient, Mono<T>> work) {
        return TenantScope.current()
                .flatMap(tenant -> admission.admit(
                        tenant, Mono.defer(() -> runner.run(home.pool(), purpose(tenant, Mode.REGISTRY, home), work))));
    }

    /// As [#in], for many rows. Rows are passed on before the commit: for reading.
    public <T> Flux<T> inMany(Function<DatabaseClient, Flux<T>> work) {
        return TenantScope.current()
                .flatMapMany(tenant -> admission.admitMany(
                        tenant,
                        Flux.defer(() -> runner.runMany(home.pool(), purpose(tenant, Mode.REGISTRY, home), work))));
    }

    /// As [#inMany], for reads of which the answer may be that old: on a replica while it keeps up, else on the
    /// service's own database. A replica that fails before the first row is no error: the work begins anew here, so
    /// that it may run twice. The database refuses to write in it.
    public <T> Flux<T> readTolerant(Duration lag, Function<DatabaseClient, Flux<T>> work) {
        return TenantScope.current()
                .flatMapMany(tenant -> admission.admitMany(tenant, Flux.defer(() -> {
                    TransactionFor purpose = purpose(tenant, Mode.REGISTRY_READ, home);
                    Flux<T> here = Flux.defer(() -> runner.runMany(home.pool(), purpose, work));
                    return replica.within(lag)
                            .map(pool -> orElse(runner.runMany(pool, purpose, work), here))
                            .orElse(here);
                })));
    }

    private static <T> Flux<T> orElse(Flux<T> there, Flux<T> here) {
        AtomicBoolean begun = new AtomicBoolean();
        return there.doOnNext(row -> begun.set(true))
                .onErrorResume(failure -> begun.get() ? Flux.error(failure) : here);
    }

    /// As [#in], on placed rows, wherever they are. While the tenant is moved the work waits, for at most 5 seconds,
    /// and then runs where the rows are by then; it begins once.
    public <T> Mono<T> placed(Function<DatabaseClient, Mono<T>> work) {
        return TenantScope.current()
                .flatMap(tenant -> admission.admit(
                        tenant, sites.of(tenant).flatMap(site -> placedAt(tenant, site, work, SITES_TRIED))));
    }

    /// As [#inMany], on placed rows; never waits for a move. The database refuses to write in it.
    public <T> Flux<T> placedRead(Function<DatabaseClient, Flux<T>> work) {
        return TenantScope.current()
                .flatMapMany(tenant -> admission.admitMany(
                        tenant, sites.of(tenant).flatMapMany(site -> readAt(tenant, site, work, SITES_TRIED))));
    }

    private <T> Mono<T> placedAt(
            TenantContext tenant, Site site, Function<DatabaseClient, Mono<T>> work, int attempts) {
        return runner.run(site.pool(), purpose(tenant, Mode.PLACED_WRITE, site), work)
                .onErrorResume(
                        RowsElsewhereException.class,
                        left -> next(tenant, site, left, attempts)
                                .flatMap(other -> placedAt(tenant, other, work, attempts - 1)));
    }

    private <T> Flux<T> readAt(TenantContext tenant, Site site, Function<DatabaseClient, Flux<T>> work, int attempts) {
        return runner.runMany(site.pool(), purpose(tenant, Mode.PLACED_READ, site), work)
                .onErrorResume(
                        RowsElsewhereException.class,
                        left -> next(tenant, site, left, attempts)
                                .flatMapMany(other -> readAt(tenant, other, work, attempts - 1)));
    }

    private Mono<Site> next(TenantContext tenant, Site left, RowsElsewhereException refused, int attempts) {
        return attempts > 1
                ? sites.after(tenant, left)
                : Mono.error(new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "The tenant's data is on its way to another place. Try again in a moment.",
                        refused));
    }

    private TransactionFor purpose(TenantContext tenant, Mode mode, Site site) {
        return new TransactionFor.OneTenant(
                tenant.id(),
                key.proof(tenant.id()),
                mode,
                site.schema(),
                limits.statementTimeout(tenant),
                limits.workMemoryKb(tenant));
    }
}
