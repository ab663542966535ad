package io.weir.billing.budget;

import io.r2dbc.spi.Readable;
import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotJson;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Budget definitions in Postgres.
final class R2dbcBudgets {

    private static final String WHY = "tenants' monthly budgets follow their snapshots";

    // A tenant that never had a cap gets no row. Versions rise from what is stored, so that they never repeat.
    private static final String APPLY = """
            INSERT INTO budget AS known
                (tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version)
            SELECT cap."tenantId", 'tenant:' || cap."tenantId", cap."limit", 'month', cap."timeZone", 1,
                   cap."tenantVersion"
            FROM jsonb_to_recordset(CAST(:caps AS jsonb))
                AS cap("tenantId" uuid, "limit" numeric, "timeZone" text, "tenantVersion" bigint)
            WHERE cap."limit" IS NOT NULL
               OR EXISTS (SELECT FROM budget b WHERE b.tenant_id = cap."tenantId")
            ON CONFLICT (tenant_id, budget_id) DO UPDATE
            SET spending_limit = excluded.spending_limit, time_zone = excluded.time_zone,
                version = known.version + 1, tenant_version = excluded.tenant_version
            WHERE known.tenant_version < excluded.tenant_version
            RETURNING tenant_id, spending_limit
            """;

    private static final String READ = """
            SELECT tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version
            FROM budget
            WHERE tenant_id = ANY (:tenants)
            """;

    private final PlatformTransaction transaction;
    private final Audit audit;

    R2dbcBudgets(PlatformTransaction transaction, Audit audit) {
        this.transaction = transaction;
        this.audit = audit;
    }

    /// A budget as it is now.
    ///
    /// @param snapshot null: it was removed at that version
    record Stored(String id, long version, @Nullable BudgetSnapshot snapshot) {}

    /// Brings the tenants' monthly budgets up to date and answers how they stand, changed or not. Repeating the same
    /// caps, or older ones, changes nothing.
    Mono<List<Stored>> apply(Collection<TenantCap> caps) {
        UUID[] tenants = caps.stream().map(cap -> cap.tenantId().value()).toArray(UUID[]::new);
        return transaction.in(
                WHY,
                client -> store(client, caps)
                        .then(client.sql(READ)
                                .bind("tenants", tenants)
                                .map(R2dbcBudgets::stored)
                                .all()
                                .collectList()));
    }

    private Mono<Void> store(DatabaseClient client, Collection<TenantCap> caps) {
        return client.sql(APPLY)
                .bind("caps", new String(SnapshotJson.write(caps), StandardCharsets.UTF_8))
                .map(row -> new Changed(
                        new TenantId(Column.of(row, "tenant_id", UUID.class)),
                        row.get("spending_limit", BigDecimal.class)))
                .all()
                .sort(Comparator.comparing(Changed::tenant))
                .concatMap(changed -> audit.record(client, changed.tenant(), changed.entry()))
                .then();
    }

    private record Changed(TenantId tenant, @Nullable BigDecimal limit) {

        AuditEntry entry() {
            BigDecimal now = limit;
            String amount = now == null ? null : now.toPlainString();
            return AuditEntry.done("budget.changed", "budget:tenant:" + tenant).changing(null, amount);
        }
    }

    private static Stored stored(Readable row) {
        TenantId tenant = new TenantId(Column.of(row, "tenant_id", UUID.class));
        String id = Column.of(row, "budget_id", String.class);
        long version = Column.of(row, "version", Long.class);
        BigDecimal limit = row.get("spending_limit", BigDecimal.class);
        if (limit == null) {
            return new Stored(id, version, null);
        }
        return new Stored(
                id,
                version,
                new BudgetSnapshot(
                        id,
                        tenant,
                        new Amount(limit),
                        window(Column.of(row, "time_window", String.class)),
                        Column.of(row, "time_zone", String.class),
                        version,
                        Column.of(row, "tenant_version", Long.class)));
    }

    private static Window window(String word) {
        return switch (word) {
            case "day" -> Window.DAY;
            case "total" -> Window.TOTAL;
            default -> Window.MONTH;
        };
    }
}
