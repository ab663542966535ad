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
import java.util.Locale;
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

    // The other budgets of a tenant follow its calendar.
    private static final String FOLLOW_ZONE = """
            UPDATE budget b SET time_zone = cap."timeZone", version = b.version + 1
            FROM jsonb_to_recordset(CAST(:caps AS jsonb)) AS cap("tenantId" uuid, "timeZone" text, "present" boolean)
            WHERE b.tenant_id = cap."tenantId" AND b.scope IS NOT NULL AND cap."present"
                AND b.time_zone <> cap."timeZone"
            """;

    private static final String READ = """
            SELECT tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version, scope, subject,
                set_by_platform
            FROM budget
            WHERE tenant_id = ANY (:tenants)
            """;

    // A zone that the row has already followed later changes than the one that the caller knows.
    private static final String SET = """
            INSERT INTO budget AS known (tenant_id, budget_id, spending_limit, time_window, time_zone, version,
                tenant_version, scope, subject, set_by_platform)
            SELECT :tenant, :budget, :limit, :window, :zone, 1, 0, :scope, :subject, :platform
            WHERE :platform
               OR (SELECT count(*) FROM budget
                   WHERE tenant_id = :tenant AND spending_limit IS NOT NULL AND NOT set_by_platform) < :most
               OR EXISTS (SELECT FROM budget
                   WHERE tenant_id = :tenant AND budget_id = :budget AND spending_limit IS NOT NULL)
            ON CONFLICT (tenant_id, budget_id) DO UPDATE
            SET spending_limit = excluded.spending_limit, version = known.version + 1,
                set_by_platform = excluded.set_by_platform
            WHERE :platform OR NOT known.set_by_platform
            RETURNING tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version, scope, subject,
                set_by_platform
            """;

    private static final String REMOVE = """
            UPDATE budget SET spending_limit = NULL, version = version + 1, set_by_platform = false
            WHERE tenant_id = :tenant AND budget_id = :budget AND spending_limit IS NOT NULL
                AND (:platform OR NOT set_by_platform)
            RETURNING tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version, scope, subject,
                set_by_platform
            """;

    private static final String MOVE = """
            UPDATE budget SET time_zone = :zone, version = version + 1
            WHERE tenant_id = :tenant AND budget_id = :budget AND time_zone <> :zone
            RETURNING tenant_id, budget_id, spending_limit, time_window, time_zone, version, tenant_version, scope, subject,
                set_by_platform
            """;

    private static final String CHANGE =
            "budgets of the platform and of tenants are set by operators and tenant admins";

    private final PlatformTransaction transaction;
    private final Audit audit;

    R2dbcBudgets(PlatformTransaction transaction, Audit audit) {
        this.transaction = transaction;
        this.audit = audit;
    }

    /// A budget as it is now.
    ///
    /// @param snapshot null: it was removed at that version
    /// @param byPlatform an operator set it
    record Stored(
            TenantId tenant,
            String id,
            long version,
            @Nullable BudgetSnapshot snapshot,
            boolean byPlatform) {}

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
                .then(client.sql(FOLLOW_ZONE)
                        .bind("caps", new String(SnapshotJson.write(caps), StandardCharsets.UTF_8))
                        .fetch()
                        .rowsUpdated())
                .then();
    }

    /// Sets a budget's limit. Empty where the tenant has set as many as it may, or an operator's budget is in the way.
    ///
    /// @param platform whether an operator sets it
    Mono<Stored> set(BudgetSnapshot wanted, int most, boolean platform) {
        return transaction.in(
                CHANGE,
                client -> client.sql(SET)
                        .bind("tenant", wanted.tenantId().value())
                        .bind("budget", wanted.id())
                        .bind("limit", wanted.limit().value())
                        .bind("window", wanted.window().wireName())
                        .bind("zone", wanted.timeZone())
                        .bind("scope", Column.parameter(word(wanted.scope()), String.class))
                        .bind("subject", Column.parameter(wanted.subject(), String.class))
                        .bind("most", most)
                        .bind("platform", platform)
                        .map(R2dbcBudgets::stored)
                        .one()
                        .delayUntil(stored -> audit.record(client, wanted.tenantId(), entry(stored))));
    }

    /// Gives a budget its tenant's zone, where that changed while the budget was set. Empty where it has it.
    Mono<Stored> move(TenantId tenant, String id, String zone) {
        return transaction.in(
                CHANGE,
                client -> client.sql(MOVE)
                        .bind("tenant", tenant.value())
                        .bind("budget", id)
                        .bind("zone", zone)
                        .map(R2dbcBudgets::stored)
                        .one());
    }

    /// Removes a budget. Empty where there is none that the caller may remove.
    Mono<Stored> remove(TenantId tenant, String id, boolean platform) {
        return transaction.in(
                CHANGE,
                client -> client.sql(REMOVE)
                        .bind("tenant", tenant.value())
                        .bind("budget", id)
                        .bind("platform", platform)
                        .map(R2dbcBudgets::stored)
                        .one()
                        .delayUntil(stored -> audit.record(client, tenant, entry(stored))));
    }

    /// A tenant's budgets, in the order of their ids.
    Mono<List<Stored>> of(TenantId tenant) {
        return transaction.in(
                CHANGE,
                client -> client.sql(READ)
                        .bind("tenants", new UUID[] {tenant.value()})
                        .map(R2dbcBudgets::stored)
                        .all()
                        .filter(stored -> stored.snapshot() != null)
                        .sort(Comparator.comparing(Stored::id))
                        .collectList());
    }

    private static AuditEntry entry(Stored stored) {
        BudgetSnapshot now = stored.snapshot();
        return AuditEntry.done("budget.changed", "budget:" + stored.id())
                .changing(null, now == null ? null : now.limit().toPlainString());
    }

    private static @Nullable String word(BudgetSnapshot.@Nullable Scope scope) {
        return scope == null ? null : scope.wireName();
    }

    private record Changed(TenantId tenant, @Nullable BigDecimal limit) {

        AuditEntry entry() {
            BigDecimal now = limit;
            String amount = now == null ? null : now.toPlainString();
            return AuditEntry.done("budget.changed", "budget:tenant:" + tenant).changing(null, amount);
        }
    }

    static Stored stored(Readable row) {
        TenantId tenant = new TenantId(Column.of(row, "tenant_id", UUID.class));
        String id = Column.of(row, "budget_id", String.class);
        long version = Column.of(row, "version", Long.class);
        BigDecimal limit = row.get("spending_limit", BigDecimal.class);
        boolean platform = Column.of(row, "set_by_platform", Boolean.class);
        if (limit == null) {
            return new Stored(tenant, id, version, null, platform);
        }
        return new Stored(
                tenant,
                id,
                version,
                new BudgetSnapshot(
                        id,
                        tenant,
                        new Amount(limit),
                        window(Column.of(row, "time_window", String.class)),
                        Column.of(row, "time_zone", String.class),
                        version,
                        Column.of(row, "tenant_version", Long.class),
                        scope(row.get("scope", String.class)),
                        row.get("subject", String.class)),
                platform);
    }

    private static BudgetSnapshot.@Nullable Scope scope(@Nullable String word) {
        return word == null ? null : BudgetSnapshot.Scope.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static Window window(String word) {
        return Window.valueOf(word.toUpperCase(Locale.ROOT));
    }
}
