package io.weir.billing.rating;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.rating.RatedLine.CallOverage;
import io.weir.billing.rating.RatedLine.HourShare;
import io.weir.billing.rating.RatedLine.ModelUsage;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.snapshots.catalog.PlanSnapshot.Period;
import io.weir.snapshots.catalog.PlanSnapshot.Terms;
import io.weir.snapshots.catalog.SealedHour;
import io.weir.snapshots.catalog.SealedHour.Total;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class PeriodRatingPropertyTests {

    private static final Currency USD = Currency.getInstance("USD");
    private static final Instant FIRST = Instant.parse("2026-10-31T10:00:00Z");
    private static final int HOURS = 32 * 24;

    @Property(tries = 300)
    void orderRepetitionAndOldVersionsChangeNothing(
            @ForAll("hours") List<SealedHour> hours,
            @ForAll("terms") Terms terms,
            @ForAll("zones") ZoneId zone,
            @ForAll Random random) {
        BillingPeriod period = november(zone);
        RatedPeriod expected = rating(terms).rate(period, hours);
        List<SealedHour> noisy = new ArrayList<>(hours);
        noisy.addAll(hours);
        hours.forEach(hour -> noisy.add(olderThan(hour)));
        Collections.shuffle(noisy, random);
        assertThat(rating(terms).rate(period, noisy)).isEqualTo(expected);
    }

    @Property(tries = 300)
    void theTotalIsTheSumOfRoundedLinesAndTheModelCostThatOfEveryHoursShares(
            @ForAll("hours") List<SealedHour> hours, @ForAll("terms") Terms terms, @ForAll("zones") ZoneId zone) {
        BillingPeriod period = november(zone);
        RatedPeriod rated = rating(terms).rate(period, hours);
        assertThat(rated.total().value())
                .isEqualByComparingTo(rated.lines().stream()
                        .map(line -> line.exact().value().setScale(2, RoundingMode.HALF_UP))
                        .reduce(BigDecimal.ZERO, BigDecimal::add));
        assertThat(rated.exactModelCost())
                .isEqualTo(usage(rated)
                        .flatMap(line -> line.sealedHours().stream())
                        .map(HourShare::exact)
                        .reduce(Amount.ZERO, Amount::plus))
                .isEqualTo(hours.stream()
                        .filter(hour -> period.contains(hour.hour()))
                        .flatMap(hour -> hour.totals().stream())
                        .map(Total::cost)
                        .reduce(Amount.ZERO, Amount::plus));
    }

    /// However the month is cut in two, the parts' exact costs are the whole's, and no hour is lost or billed twice.
    @Property(tries = 300)
    void theExactCostDoesNotDependOnHowThePeriodWasCut(
            @ForAll("hours") List<SealedHour> hours,
            @ForAll("terms") Terms terms,
            @ForAll @IntRange(min = 1, max = 719) int cut) {
        BillingPeriod whole = november(ZoneId.of("UTC"));
        Instant middle = whole.start().plus(cut, ChronoUnit.HOURS);
        RatedPeriod first = rating(terms).rate(whole.endingAt(middle), hours);
        RatedPeriod second = rating(terms).rate(whole.startingAt(middle), hours);
        RatedPeriod all = rating(terms).rate(whole, hours);
        assertThat(first.exactModelCost().plus(second.exactModelCost())).isEqualTo(all.exactModelCost());
        assertThat(first.billableCalls() + second.billableCalls()).isEqualTo(all.billableCalls());
    }

    /// The same calls, sealed in one hour or in many of the month, cost the same.
    @Property
    void overageDoesNotDependOnHowCallsWereSpreadOverTheMonth(
            @ForAll @LongRange(min = 0, max = 5_000) long calls, @ForAll @IntRange(min = 1, max = 100) int slices) {
        BillingPeriod period = november(ZoneId.of("UTC"));
        List<SealedHour> spread = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            long part = calls / slices + (i < calls % slices ? 1 : 0);
            spread.add(hour(i + 24, part, List.of()));
        }
        PeriodRating starter = rating(Usage.starter());
        assertThat(overage(starter.rate(period, spread)))
                .isEqualTo(overage(starter.rate(period, List.of(hour(24, calls, List.of())))));
        assertThat(overage(starter.rate(period, spread)).billed()).isEqualTo(Math.max(0, calls - 1_000));
    }

    private static BillingPeriod november(ZoneId zone) {
        return BillingPeriod.of(YearMonth.of(2026, 11), zone);
    }

    private static PeriodRating rating(Terms terms) {
        return new PeriodRating("growth", terms, USD);
    }

    private static Stream<ModelUsage> usage(RatedPeriod rated) {
        return rated.lines().stream().filter(ModelUsage.class::isInstance).map(ModelUsage.class::cast);
    }

    private static CallOverage overage(RatedPeriod rated) {
        return rated.lines().stream()
                .filter(CallOverage.class::isInstance)
                .map(CallOverage.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static SealedHour olderThan(SealedHour hour) {
        Total more = Usage.mini(Meter.TEXT_IN, 1, "100");
        return new SealedHour(
                hour.tenantId(), hour.hour(), hour.version() - 1, true, List.of(more), 99, 1, "old", hour.sealedAt());
    }

    private static SealedHour hour(int index, long calls, List<Total> totals) {
        Instant start = FIRST.plus(index, ChronoUnit.HOURS);
        return new SealedHour(Usage.TENANT, start, 2, false, totals, calls, calls, "hash-" + index, start);
    }

    @Provide
    Arbitrary<List<SealedHour>> hours() {
        Arbitrary<BigDecimal> cost = Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, BigDecimal.TEN)
                .ofScale(12);
        Arbitrary<Total> total = Combinators.combine(
                        Arbitraries.of("gpt-4o-mini", "gpt-4o", "gpt-5.2"),
                        Arbitraries.of(Meter.TEXT_IN, Meter.TEXT_OUT),
                        Arbitraries.longs().between(0, 1_000_000),
                        cost)
                .as((model, meter, quantity, money) -> Usage.total(model, meter, quantity, money.toPlainString()));
        return Combinators.combine(
                        Arbitraries.integers().between(0, HOURS - 1),
                        Arbitraries.longs().between(0, 300),
                        total.list().ofMaxSize(4))
                .as((index, calls, totals) -> hour(index, calls, totals))
                .list()
                .ofMaxSize(12)
                .uniqueElements(SealedHour::hour);
    }

    @Provide
    Arbitrary<Terms> terms() {
        Arbitrary<String> markup = Arbitraries.of("0", "1", "1.1", "1.234567890123");
        return Combinators.combine(
                        markup,
                        Arbitraries.of(Period.class),
                        Arbitraries.longs().between(0, 500))
                .as((factor, per, included) -> Usage.terms("499", included, per, "0.005", factor));
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of("UTC", "America/New_York", "Asia/Tokyo", "Asia/Kolkata", "Pacific/Auckland")
                .map(ZoneId::of);
    }
}
