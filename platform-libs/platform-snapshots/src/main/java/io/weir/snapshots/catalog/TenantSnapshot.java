package io.weir.snapshots.catalog;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A tenant as the data plane needs it.
///
/// @param plan key of its plan
/// @param timeZone IANA name; budget windows and quotas follow it
/// @param currency ISO 4217 code of its invoices
/// @param maxMonthlySpend cap on model usage per calendar month; null: no cap
/// @param settings effective settings after the cascade of system, plan and tenant
/// @param version rises with every change of the tenant
/// @param erasedAfter when the data of a tenant that leaves is erased; null: it does not leave
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TenantSnapshot(
        TenantId tenantId,
        TenantSlug slug,
        TenantStatus status,
        String plan,
        Placement placement,
        String region,
        String timeZone,
        String currency,
        @Nullable Amount maxMonthlySpend,
        TenantSettings settings,
        long version,
        Instant createdAt,
        @Nullable Instant erasedAfter) {

    @JsonCreator
    public TenantSnapshot {
        Objects.requireNonNull(tenantId, "tenantId");
        Objects.requireNonNull(slug, "slug");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(placement, "placement");
        Objects.requireNonNull(settings, "settings");
    }

    /// One that does not leave.
    public TenantSnapshot(
            TenantId tenantId,
            TenantSlug slug,
            TenantStatus status,
            String plan,
            Placement placement,
            String region,
            String timeZone,
            String currency,
            @Nullable Amount maxMonthlySpend,
            TenantSettings settings,
            long version,
            Instant createdAt) {
        this(
                tenantId,
                slug,
                status,
                plan,
                placement,
                region,
                timeZone,
                currency,
                maxMonthlySpend,
                settings,
                version,
                createdAt,
                null);
    }

    /// The same tenant with other settings.
    public TenantSnapshot with(TenantSettings other) {
        return new TenantSnapshot(
                tenantId,
                slug,
                status,
                plan,
                placement,
                region,
                timeZone,
                currency,
                maxMonthlySpend,
                other,
                version,
                createdAt,
                erasedAfter);
    }

    public TenantContext context() {
        return new TenantContext(tenantId, plan, placement, region);
    }
}
