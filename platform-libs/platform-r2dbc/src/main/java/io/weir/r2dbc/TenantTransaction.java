package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
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

    private final TransactionRunner home;
    private final Admission admission;

    TenantTransaction(ConnectionPool pool, Admission admission) {
        this.home = new TransactionRunner(pool);
        this.admission = admission;
    }

    /// Runs the work in one transaction and answers after its commit; an error, cancellation or timeout rolls back.
    /// Fails with [io.weir.tenancy.MissingTenantException] where the context names no tenant, and with a 503 when no
    /// connection comes free in time or the database is away.
    public <T> Mono<T> in(Function<DatabaseClient, Mono<T>> work) {
        return TenantScope.current().flatMap(tenant -> admission.admit(tenant, home.run(purpose(tenant), work)));
    }

    /// As [#in], for many rows. Rows are passed on before the commit: for reading.
    public <T> Flux<T> inMany(Function<DatabaseClient, Flux<T>> work) {
        return TenantScope.current()
                .flatMapMany(tenant -> admission.admitMany(tenant, home.runMany(purpose(tenant), work)));
    }

    /// As [#in], on placed rows, wherever they are. While the tenant is moved the work waits, and then runs where the
    /// rows are by then; it begins once.
    public <T> Mono<T> placed(Function<DatabaseClient, Mono<T>> work) {
        return in(work);
    }

    /// As [#inMany], on placed rows; never waits for a move. The work writes nothing.
    public <T> Flux<T> placedRead(Function<DatabaseClient, Flux<T>> work) {
        return inMany(work);
    }

    private static TransactionFor purpose(TenantContext tenant) {
        return new TransactionFor.OneTenant(tenant.id());
    }
}
