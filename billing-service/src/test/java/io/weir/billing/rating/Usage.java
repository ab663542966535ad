package io.weir.billing.rating;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.SealedHour.Total;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;

/// Sealed hours and plan terms for rating tests.
final class Usage {

    static final TenantId TENANT = TenantId.of("01930000-0000-7000-8000-00000000000a");

    private Usage() {}

    static Terms growth() {
        return terms("499", 100_000L, Period.MONTH, "0.005", "1");
    }

    static Terms starter() {
        return terms("99", 1_000L, Period.MONTH, "0.10", "1");
    }

    static Terms free() {
        return new Terms(Instant.EPOCH, Amount.ZERO, 100L, Period.DAY, null, Rate.of("1"), 4_096, 50L, 50_000L);
    }

    static Terms enterprise() {
        return new Terms(Instant.EPOCH, Amount.of("4999"), null, Period.MONTH, null, Rate.of("1"), 4_096, null, null);
    }

    static Terms terms(String fee, Long included, Period per, String overage, String markup) {
        return new Terms(
                Instant.EPOCH, Amount.of(fee), included, per, Rate.of(overage), Rate.of(markup), 4_096, null, null);
    }

    static SealedHour hour(String start, long version, long calls, Total... totals) {
        return new SealedHour(
                TENANT,
                Instant.parse(start),
                version,
                false,
                List.of(totals),
                calls,
                calls,
                "hash-" + start + "-" + version,
                Instant.parse(start).plusSeconds(3_900));
    }

    static Total mini(Meter meter, long quantity, String cost) {
        return total("gpt-4o-mini", meter, quantity, cost);
    }

    static Total total(String model, Meter meter, long quantity, String cost) {
        return new Total("openai", model, "openai/" + model + "/" + meter.wireName(), meter, quantity, Amount.of(cost));
    }
}
