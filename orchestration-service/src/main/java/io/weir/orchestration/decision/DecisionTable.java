package io.weir.orchestration.decision;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantScope;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/// Decisions in PostgreSQL, by the database's clock. What expired is not there, whether or not it was removed.
final class DecisionTable {

    private static final String INSERT = """
        INSERT INTO routing_decision (tenant_id, request_id, expires_at, decision)
        SELECT :tenant, u.id, clock_timestamp() + :millis * interval '1 millisecond', u.decision
        FROM unnest(CAST(:ids AS text[]), CAST(:decisions AS text[])) AS u (id, decision)
        ON CONFLICT (tenant_id, request_id) DO NOTHING
        """;
    private static final String FIND = """
        SELECT decision FROM routing_decision
        WHERE tenant_id = :tenant AND request_id = :id AND expires_at > clock_timestamp()
            AND kept_at > clock_timestamp() - :millis * interval '1 millisecond'
        """;

    private final TenantTransaction tenants;

    DecisionTable(TenantTransaction tenants) {
        this.tenants = tenants;
    }

    /// @param decisions as JSON, in the order of their ids
    Mono<Void> insert(TenantContext owner, Duration lasting, List<String> ids, List<String> decisions) {
        return tenants.in(client -> client.sql(INSERT)
                        .bind("tenant", owner.id().value())
                        .bind("millis", lasting.toMillis())
                        .bind("ids", ids.toArray(String[]::new))
                        .bind("decisions", decisions.toArray(String[]::new))
                        .fetch()
                        .rowsUpdated())
                .contextWrite(TenantScope.entering(owner))
                .then();
    }

    /// Empty where there is none.
    ///
    /// @param lasting how long the tenant's are kept by now
    Mono<String> find(TenantContext owner, String id, Duration lasting) {
        return tenants.in(client -> client.sql(FIND)
                        .bind("tenant", owner.id().value())
                        .bind("id", id)
                        .bind("millis", lasting.toMillis())
                        .map(row -> Column.of(row, "decision", String.class))
                        .one())
                .contextWrite(TenantScope.entering(owner));
    }
}
