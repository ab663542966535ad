package io.weir.billing.rerating;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One attempt as it was counted and priced.
///
/// @param hour in which it counts
/// @param serviceTier null: standard
/// @param pricedAt the instant whose rules were asked for; null: not known, then that of the event
/// @param unpriced null: it is priced
/// @param lines how its price came about; empty where it has none, or where it is no sum of rates
/// @param cost what the tenant pays so far
/// @param ceilingBreach what the provider charged beyond, which is the platform's; null: nothing
record UsageRow(
        TenantId tenantId,
        Instant hour,
        Instant time,
        String requestId,
        long attempt,
        String provider,
        String model,
        @Nullable String serviceTier,
        @Nullable Instant pricedAt,
        @Nullable Unpriced unpriced,
        Quantities buckets,
        @Nullable String priceBookId,
        List<Line> lines,
        Amount cost,
        @Nullable Amount ceilingBreach) {

    // What somebody decided to charge where the rates do not say it: for a call that nobody saw the end of, and at the
    // ceiling of one.
    private static final Set<String> NO_RULES = Set.of("recovered", "ceiling");

    UsageRow {
        lines = List.copyOf(lines);
    }

    record Line(Meter meter, long quantity, Rate rate, String ruleId, Amount cost) {}

    /// @param reason `no_price`, `unknown_meter` or `not_credible`
    record Unpriced(String reason, Map<String, Long> meters) {}

    String tier() {
        return Objects.requireNonNullElse(serviceTier, "standard");
    }

    Instant at() {
        return Objects.requireNonNullElse(pricedAt, time);
    }

    /// Whether rates, and nothing else, say what it costs.
    boolean isSumOfRates() {
        return ceilingBreach == null
                && !lines.isEmpty()
                && lines.stream().noneMatch(line -> NO_RULES.contains(line.ruleId()))
                && lines.stream()
                        .map(Line::cost)
                        .reduce(Amount.ZERO, Amount::plus)
                        .equals(cost);
    }
}
