package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;
import io.weir.tenancy.TenantScope;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The only way to tenants' rows: a transaction in which the database shows and takes the rows of the tenant in the
/// Reactor context, and no others. Safe for use by many threads.
///
/// Statements carry `tenant_id = :tenant` as well: the policy backs the predicate up. The client that the work
/// receives works only inside its transaction. Transactions do not nest.
public final class TenantTransaction {

    private final TransactionRunner runner;

    TenantTransaction(ConnectionPool pool) {
        this.runner = new TransactionRunner(pool);
    }

    /// Runs the work in one transaction and answers after its commit; an error, cancellation or timeout rolls back.
    /// Fails with [MissingTenantException] where the context names no tenant, and with a 503 when no connection
    /// comes free in time or the database is away.
    public <T> Mono<T> in(Function<DatabaseClient, Mono<T>> work) {
        return TenantScope.current().flatMap(tenant -> runner.run(new TransactionFor.OneTenant(tenant.id()), work));
    }

    /// As [#in], for many rows. Rows are passed on before the commit: for reading.
    public <T> Flux<T> inMany(Function<DatabaseClient, Flux<T>> work) {
        return TenantScope.current()
                .flatMapMany(tenant -> runner.runMany(new TransactionFor.OneTenant(tenant.id()), work));
    }
}
