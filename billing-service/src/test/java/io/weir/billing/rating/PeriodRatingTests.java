package io.weir.billing.rating;

import static io.weir.billing.rating.Usage.hour;
import static io.weir.billing.rating.Usage.mini;
import static io.weir.billing.rating.Usage.total;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.rating.RatedLine.CallOverage;
import io.weir.billing.rating.RatedLine.HourShare;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.billing.rating.RatedLine.PlanFee;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.SealedHour;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeriodRatingTests {

    private static final Currency USD = Currency.getInstance("USD");
    private static final BillingPeriod NOVEMBER = BillingPeriod.of(YearMonth.of(2026, 11), ZoneOffset.UTC);

    @Test
    void aLineNamesTheSealedHoursThatItIsMadeOfAndTheirSharesAddUp() {
        RatedPeriod rated = rate(
                Usage.growth(),
                hour(
                        "2026-11-02T10:00:00Z",
                        1,
                        3,
                        mini(Meter.TEXT_IN, 1_000, "0.00015"),
                        mini(Meter.TEXT_OUT, 10, "0.000006")),
                hour(
                        "2026-11-02T11:00:00Z",
                        4,
                        2,
                        mini(Meter.TEXT_IN, 500, "0.000075"),
                        total("gpt-4o", Meter.TEXT_IN, 1, "0.0000025")));
        ModelUsage mini = usage(rated).getLast();
        assertThat(mini.model()).isEqualTo("gpt-4o-mini");
        assertThat(mini.quantities()).isEqualTo(new Quantities(Map.of(Meter.TEXT_IN, 1_500L, Meter.TEXT_OUT, 10L)));
        assertThat(mini.sealedHours())
                .containsExactly(
                        new HourShare(
                                Instant.parse("2026-11-02T10:00:00Z"),
                                1,
                                "hash-2026-11-02T10:00:00Z-1",
                                Amount.of("0.000156")),
                        new HourShare(
                                Instant.parse("2026-11-02T11:00:00Z"),
                                4,
                                "hash-2026-11-02T11:00:00Z-4",
                                Amount.of("0.000075")));
        assertThat(mini.exactCost()).isEqualTo(Amount.of("0.000231"));
        assertThat(mini.priceRules()).containsExactly("openai/gpt-4o-mini/text_in", "openai/gpt-4o-mini/text_out");
        assertThat(rated.exactModelCost()).isEqualTo(Amount.of("0.0002335"));
        assertThat(rated.billableCalls()).isEqualTo(5);
    }

    @Test
    void aLineIsRoundedOnceHalfAwayFromZeroAndOnlyAfterTheMarkup() {
        Terms plan = Usage.terms("0", 0L, Period.MONTH, "0", "1.1");
        RatedPeriod rated = rate(
                plan,
                hour("2026-11-01T00:00:00Z", 1, 1, mini(Meter.TEXT_IN, 1, "0.004545454545")),
                hour("2026-11-01T01:00:00Z", 1, 1, mini(Meter.TEXT_IN, 1, "0.000000000001")));
        ModelUsage line = usage(rated).getFirst();
        assertThat(line.exact().toPlainString()).isEqualTo("0.0050000000006");
        assertThat(line.amount().toPlainString()).isEqualTo("0.01");
        assertThat(line.exactCost()).isEqualTo(Amount.of("0.004545454546"));
        RatedPeriod justBelow =
                rate(plan, hour("2026-11-01T00:00:00Z", 1, 1, mini(Meter.TEXT_IN, 1, "0.004545454545")));
        assertThat(usage(justBelow).getFirst().amount().toPlainString()).isEqualTo("0.00");
    }

    @Test
    void callsBeyondTheIncludedOnesOfTheMonthAreBilledAtThePlansPrice() {
        RatedPeriod rated =
                rate(Usage.starter(), hour("2026-11-01T00:00:00Z", 1, 900), hour("2026-11-30T23:00:00Z", 1, 107));
        assertThat(overage(rated).billed()).isEqualTo(7);
        assertThat(overage(rated).exact().toPlainString()).isEqualTo("0.7");
        assertThat(overage(rated).amount().toPlainString()).isEqualTo("0.70");
        assertThat(rated.total().toPlainString()).isEqualTo("99.70");
    }

    @Test
    void theLastIncludedCallIsFreeAndTheNextIsNot() {
        assertThat(overage(rate(Usage.growth(), hour("2026-11-01T00:00:00Z", 1, 100_000)))
                        .billed())
                .isZero();
        CallOverage oneMore = overage(rate(Usage.growth(), hour("2026-11-01T00:00:00Z", 1, 100_001)));
        assertThat(oneMore.billed()).isEqualTo(1);
        assertThat(oneMore.exact().toPlainString()).isEqualTo("0.005");
        assertThat(oneMore.amount().toPlainString()).isEqualTo("0.01");
    }

    @Test
    void freeAndEnterpriseBuyNoFurtherCallsAndHaveNoOverageLine() {
        SealedHour many = hour("2026-11-01T00:00:00Z", 1, 1_000_000);
        assertThat(rate(Usage.free(), many).lines())
                .singleElement()
                .isInstanceOfSatisfying(
                        PlanFee.class,
                        fee -> assertThat(fee.amount().toPlainString()).isEqualTo("0.00"));
        assertThat(rate(Usage.enterprise(), many).lines()).hasSize(1);
        assertThat(rate(Usage.enterprise(), many).total().toPlainString()).isEqualTo("4999.00");
    }

    @Test
    void callsIncludedPerDayAreCountedByTheTenantsDay() {
        Terms perDay = Usage.terms("0", 10L, Period.DAY, "1", "1");
        BillingPeriod tokyo = BillingPeriod.of(YearMonth.of(2026, 11), ZoneId.of("Asia/Tokyo"));
        // 14:00 and 15:00 UTC are two days in Tokyo, one day in UTC.
        List<SealedHour> hours = List.of(hour("2026-11-05T14:00:00Z", 1, 9), hour("2026-11-05T15:00:00Z", 1, 9));
        assertThat(overage(new PeriodRating("p", perDay, USD).rate(tokyo, hours))
                        .billed())
                .isZero();
        assertThat(overage(new PeriodRating("p", perDay, USD).rate(NOVEMBER, hours))
                        .billed())
                .isEqualTo(8);
    }

    @Test
    void theLatestVersionOfAnHourCountsAndOlderOnesDoNot() {
        RatedPeriod rated = rate(
                Usage.starter(),
                hour("2026-11-01T00:00:00Z", 2, 20, mini(Meter.TEXT_IN, 2, "0.02")),
                hour("2026-11-01T00:00:00Z", 1, 10, mini(Meter.TEXT_IN, 1, "0.01")),
                hour("2026-11-01T00:00:00Z", 2, 20, mini(Meter.TEXT_IN, 2, "0.02")));
        assertThat(rated.billableCalls()).isEqualTo(20);
        assertThat(rated.exactModelCost()).isEqualTo(Amount.of("0.02"));
    }

    @Test
    void aMarkupOfZeroBillsNothingForModelsButKeepsTheirCostOnRecord() {
        RatedPeriod rated = rate(
                Usage.terms("10", 0L, Period.MONTH, "0", "0"),
                hour("2026-11-01T00:00:00Z", 1, 1, mini(Meter.TEXT_IN, 1, "5")));
        assertThat(usage(rated).getFirst().amount().toPlainString()).isEqualTo("0.00");
        assertThat(rated.exactModelCost()).isEqualTo(Amount.of("5"));
        assertThat(rated.total().toPlainString()).isEqualTo("10.00");
    }

    @Test
    void aPeriodWithoutUsageIsThePlanFeeAlone() {
        assertThat(rate(Usage.enterprise()).total().toPlainString()).isEqualTo("4999.00");
        assertThat(rate(Usage.enterprise()).exactModelCost()).isEqualTo(Amount.ZERO);
    }

    @Test
    void yenHaveNoDecimals() {
        RatedPeriod rated = new PeriodRating("growth", Usage.growth(), Currency.getInstance("JPY"))
                .rate(NOVEMBER, List.of(hour("2026-11-01T00:00:00Z", 1, 1, mini(Meter.TEXT_IN, 1, "0.5"))));
        assertThat(rated.total().toPlainString()).isEqualTo("500");
    }

    private static RatedPeriod rate(Terms terms, SealedHour... hours) {
        return new PeriodRating("growth", terms, USD).rate(NOVEMBER, List.of(hours));
    }

    private static List<ModelUsage> usage(RatedPeriod rated) {
        return rated.lines().stream()
                .filter(ModelUsage.class::isInstance)
                .map(ModelUsage.class::cast)
                .toList();
    }

    private static CallOverage overage(RatedPeriod rated) {
        return rated.lines().stream()
                .filter(CallOverage.class::isInstance)
                .map(CallOverage.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
