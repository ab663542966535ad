package io.weir.billing.budget;

import io.weir.billing.budget.R2dbcBudgets.Stored;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Mono;

/// Which versions of budgets the broker has, in Postgres.
final class R2dbcPublications {

    private static final String WHY = "budgets of all tenants are published by one service";

    private static final String COLUMNS = """
            SELECT b.tenant_id, b.budget_id, b.spending_limit, b.time_window, b.time_zone, b.version, b.tenant_version,
                b.scope, b.subject, b.set_by_platform
            FROM budget b
            """;
    private static final String SENT = """
            unnest(CAST(:tenants AS uuid[]), CAST(:budgets AS text[]), CAST(:versions AS bigint[]))
                AS sent (tenant_id, budget_id, version)
            """;
    private static final String TOLD = "UPDATE budget b SET published_version = sent.version FROM " + SENT + """
            WHERE b.tenant_id = sent.tenant_id AND b.budget_id = sent.budget_id AND b.published_version < sent.version
            """;
    private static final String NEWER = COLUMNS + "JOIN " + SENT + """
            ON b.tenant_id = sent.tenant_id AND b.budget_id = sent.budget_id AND b.version > sent.version
            """;
    private static final String WAITING =
            COLUMNS + "WHERE b.version > b.published_version ORDER BY b.tenant_id, b.budget_id LIMIT 500";
    private static final String OF_TENANT = COLUMNS + "WHERE b.tenant_id = :tenant";

    private final PlatformTransaction transaction;

    R2dbcPublications(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// Remembers what the broker has. Answers those of them that are of a higher version by now: whoever stored it may
    /// have sent it before, so that the broker's last word is the older one.
    Mono<List<Stored>> told(List<Stored> sent) {
        return transaction.in(
                WHY,
                client -> bound(client.sql(TOLD), sent)
                        .fetch()
                        .rowsUpdated()
                        .then(bound(client.sql(NEWER), sent)
                                .map(R2dbcBudgets::stored)
                                .all()
                                .collectList()));
    }

    private static GenericExecuteSpec bound(GenericExecuteSpec statement, List<Stored> sent) {
        return statement
                .bind("tenants", sent.stream().map(one -> one.tenant().value()).toArray(UUID[]::new))
                .bind("budgets", sent.stream().map(Stored::id).toArray(String[]::new))
                .bind("versions", sent.stream().map(Stored::version).toArray(Long[]::new));
    }

    /// Some that the broker does not have, or is not known to have.
    Mono<List<Stored>> waiting() {
        return transaction.in(
                WHY,
                client -> client.sql(WAITING).map(R2dbcBudgets::stored).all().collectList());
    }

    /// All of a tenant, removed ones too.
    Mono<List<Stored>> of(TenantId tenant) {
        return transaction.in(
                WHY,
                client -> client.sql(OF_TENANT)
                        .bind("tenant", tenant.value())
                        .map(R2dbcBudgets::stored)
                        .all()
                        .collectList());
    }
}
