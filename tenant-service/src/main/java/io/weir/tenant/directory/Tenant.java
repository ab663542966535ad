package io.weir.tenant.directory;

import io.r2dbc.spi.Readable;
import io.weir.money.Amount;
import io.weir.r2dbc.Column;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A tenant as the directory holds it.
///
/// @param maxMonthlySpend null: no cap
/// @param eraseAfter when a tenant that leaves is erased; null: it does not leave
/// @param suspendedBy `operator` or `tenant`; null: it is not suspended
/// @param version rises with every change that the data plane must know
public record Tenant(
        TenantId id,
        TenantSlug slug,
        TenantState state,
        String plan,
        Placement placement,
        String region,
        @Nullable Amount maxMonthlySpend,
        String schemaName,
        long version,
        Instant createdAt,
        @Nullable Instant eraseAfter,
        @Nullable String suspendedBy) {

    static final String COLUMNS =
            "tenant_id, slug, status, plan_key, placement, region, max_monthly_spend, schema_name,"
                    + " version, created_at, erase_after, suspended_by";

    static Tenant of(Readable row) {
        BigDecimal spend = row.get("max_monthly_spend", BigDecimal.class);
        return new Tenant(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                new TenantSlug(Column.of(row, "slug", String.class)),
                TenantState.valueOf(word(row, "status")),
                Column.of(row, "plan_key", String.class),
                Placement.valueOf(word(row, "placement")),
                Column.of(row, "region", String.class),
                spend == null ? null : new Amount(spend),
                Column.of(row, "schema_name", String.class),
                Column.of(row, "version", Long.class),
                Column.of(row, "created_at", Instant.class),
                row.get("erase_after", Instant.class),
                row.get("suspended_by", String.class));
    }

    /// What the data plane is told.
    public TenantStatus status() {
        return state.told();
    }

    public TenantContext context() {
        return new TenantContext(id, plan, placement, region);
    }

    private static String word(Readable row, String column) {
        return Column.of(row, column, String.class).toUpperCase(Locale.ROOT);
    }
}
