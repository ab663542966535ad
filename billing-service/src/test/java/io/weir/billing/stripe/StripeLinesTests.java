package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.invoice.Invoice;
import io.weir.billing.rating.ExactAmount;
import io.weir.billing.rating.RatedLine;
import io.weir.billing.rating.RatedLine.CallOverage;
import io.weir.billing.rating.RatedLine.HourShare;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.RatedLine.PlanFee;
import io.weir.billing.rating.RoundedAmount;
import io.weir.billing.rating.SealedHoursHash;
import io.weir.billing.stripe.api.NewItem;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantSlug;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StripeLinesTests {

    private static final UUID ID = UUID.fromString("01930000-0000-7000-8000-0000000000a1");

    @Test
    void everyLineIsAWholeAmountWithItsProof() {
        List<NewItem> items = StripeLines.of(invoice(
                new PlanFee("starter", exact("99"), rounded("99.00")),
                new CallOverage(15, 10, "month", 5, Rate.of("0.1"), exact("0.5"), rounded("0.50")),
                usage(List.of("rule-1", "rule-2"))));
        assertThat(items).extracting(NewItem::amount).containsExactly(9_900L, 50L, 2L);
        assertThat(items).extracting(NewItem::line).containsExactly(0, 1, 2);
        assertThat(items)
                .extracting(NewItem::description)
                .containsExactly("Plan starter", "5 calls beyond 10 per month", "gpt (openai): text_in 1001");
        assertThat(items.getLast().metadata())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "weir_invoice_id", ID.toString(),
                        "weir_line", "2",
                        "weir_kind", "model_usage",
                        "weir_exact", "0.016716151",
                        "weir_quantity", "text_in 1001",
                        "weir_price", "rule-1 rule-2",
                        "weir_sealed_hours", "1",
                        "weir_sealed_hours_sha256", StripeLines.sha256("2026-11-02T10:00:00Z 3 hash-3 0.0151965\n")));
    }

    @Test
    void whatIsTooLongForStripeIsProvenByItsHashAndEverythingStaysWithinItsLimits() {
        List<String> rules = IntStream.range(0, 40)
                .mapToObj(i -> "a-provider/a-model/meter-" + i)
                .toList();
        NewItem item = StripeLines.of(invoice(usage(rules))).getFirst();
        assertThat(item.metadata())
                .containsEntry("weir_price", "sha256 " + StripeLines.sha256(String.join(" ", rules)));
        assertThat(item.metadata()).hasSizeLessThanOrEqualTo(50);
        assertThat(item.metadata().keySet()).allMatch(key -> key.length() <= 40);
        assertThat(item.metadata().values()).allMatch(value -> value.length() <= 500 && !value.isEmpty());
    }

    @Test
    void theHashChangesWithEveryHourVersionHashAndShare() {
        HourShare share = share("2026-11-02T10:00:00Z", 3, "hash-3", "0.0151965");
        assertThat(List.of(
                        hash(share),
                        hash(share, share),
                        hash(share("2026-11-02T11:00:00Z", 3, "hash-3", "0.0151965")),
                        hash(share("2026-11-02T10:00:00Z", 4, "hash-3", "0.0151965")),
                        hash(share("2026-11-02T10:00:00Z", 3, "hash-4", "0.0151965")),
                        hash(share("2026-11-02T10:00:00Z", 3, "hash-3", "0.0151966"))))
                .doesNotHaveDuplicates();
    }

    private static String hash(HourShare... hours) {
        return SealedHoursHash.of(List.of(hours));
    }

    private static HourShare share(String hour, long version, String hash, String exact) {
        return new HourShare(Instant.parse(hour), version, hash, Amount.of(exact));
    }

    private static ModelUsage usage(List<String> rules) {
        return new ModelUsage(
                "openai",
                "gpt",
                Quantities.of(Meter.TEXT_IN, 1_001),
                Amount.of("0.0151965"),
                Rate.of("1.1"),
                exact("0.016716151"),
                rounded("0.02"),
                rules,
                List.of(share("2026-11-02T10:00:00Z", 3, "hash-3", "0.0151965")));
    }

    private static ExactAmount exact(String value) {
        return new ExactAmount(new BigDecimal(value));
    }

    private static RoundedAmount rounded(String value) {
        return new RoundedAmount(new BigDecimal(value));
    }

    private static Invoice invoice(RatedLine... lines) {
        return new Invoice(
                ID,
                "WEIR-00000001",
                TenantId.of("01930000-0000-7000-8000-0000000000b1"),
                new TenantSlug("acme"),
                "starter",
                Invoice.Status.FINAL,
                YearMonth.of(2026, 11),
                Instant.parse("2026-11-01T00:00:00Z"),
                Instant.parse("2026-12-01T00:00:00Z"),
                ZoneOffset.UTC,
                "USD",
                Instant.parse("2026-12-02T00:00:00Z"),
                0,
                15,
                List.of(lines),
                Amount.of("0.0151965"),
                rounded("99.52"));
    }
}
