package io.weir.billing;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PlanSnapshot;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What other services would tell billing.
public final class Snapshots {

    private Snapshots() {}

    public static TenantId newTenant() {
        return new TenantId(UUID.randomUUID());
    }

    public static TenantSnapshot tenant(TenantId id, @Nullable String cap, long version) {
        return tenant(id, cap, version, "UTC", "USD");
    }

    public static TenantSnapshot tenant(
            TenantId id, @Nullable String cap, long version, String timeZone, String currency) {
        return new TenantSnapshot(
                id,
                new TenantSlug("t-" + id.toString().substring(0, 8)),
                TenantStatus.ACTIVE,
                "starter",
                Placement.POOL,
                "local",
                timeZone,
                currency,
                cap == null ? null : Amount.of(cap),
                TenantSettings.DEFAULTS,
                version,
                Instant.parse("2026-09-15T00:00:00Z"));
    }

    public static PlanSnapshot starter() {
        Terms terms = new Terms(
                Instant.parse("2026-01-01T00:00:00Z"),
                Amount.of("99"),
                10L,
                Period.MONTH,
                Rate.of("0.10"),
                Rate.of("1.1"),
                4_096,
                100L,
                200_000L);
        return new PlanSnapshot("starter", "Starter", List.of(terms), 1);
    }

    public static SealedHour hour(
            TenantId tenant, String start, long version, boolean open, long calls, Total... totals) {
        Instant hour = Instant.parse(start);
        return new SealedHour(
                tenant, hour, version, open, List.of(totals), calls, calls, "hash-" + version, hour.plusSeconds(3_700));
    }

    public static Total mini(Meter meter, long quantity, String cost) {
        String rule = "openai/gpt-4o-mini/" + meter.wireName() + "@2026-01-01";
        return new Total("openai", "gpt-4o-mini", rule, meter, quantity, Amount.of(cost));
    }
}
