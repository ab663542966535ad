package io.weir.orchestration.storedresponse;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import reactor.core.publisher.Mono;

/// Sealed responses in PostgreSQL, by the database's clock. What expired is not there, whether or not it was removed.
final class ResponseTable {

    private static final String INSERT = """
        INSERT INTO stored_response (tenant_id, response_id, expires_at, body)
        VALUES (:tenant, :id, clock_timestamp() + :millis * interval '1 millisecond', :body)
        ON CONFLICT (tenant_id, response_id) DO NOTHING
        """;
    private static final String FIND = """
        SELECT body FROM stored_response
        WHERE tenant_id = :tenant AND response_id = :id AND expires_at > clock_timestamp()
        """;
    private static final String DELETE = """
        DELETE FROM stored_response
        WHERE tenant_id = :tenant AND response_id = :id AND expires_at > clock_timestamp()
        """;
    private final TenantTransaction tenants;

    ResponseTable(TenantTransaction tenants) {
        this.tenants = tenants;
    }

    Mono<Void> insert(TenantContext owner, String id, Duration lasting, byte[] sealed) {
        return tenants.in(client -> client.sql(INSERT)
                        .bind("tenant", owner.id().value())
                        .bind("id", id)
                        .bind("millis", lasting.toMillis())
                        .bind("body", sealed)
                        .fetch()
                        .rowsUpdated())
                .contextWrite(TenantScope.entering(owner))
                .then();
    }

    /// Empty where there is none.
    Mono<byte[]> find(TenantContext owner, String id) {
        return tenants.in(client -> client.sql(FIND)
                        .bind("tenant", owner.id().value())
                        .bind("id", id)
                        .map(row -> Column.of(row, "body", byte[].class))
                        .one())
                .contextWrite(TenantScope.entering(owner));
    }

    /// Whether there was one.
    Mono<Boolean> delete(TenantContext owner, String id) {
        return tenants.in(client -> client.sql(DELETE)
                        .bind("tenant", owner.id().value())
                        .bind("id", id)
                        .fetch()
                        .rowsUpdated())
                .contextWrite(TenantScope.entering(owner))
                .map(rows -> rows > 0);
    }
}
