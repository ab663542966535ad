package io.weir.billing.rating.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.billing.rating.calendar.BillingAnchor.Cycle;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Currency;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BillingAnchorTests {

    private static final Currency USD = Currency.getInstance("USD");
    private static final List<String> ZONES = List.of(
            "Pacific/Pago_Pago",
            "America/New_York",
            "America/St_Johns",
            "UTC",
            "Europe/Berlin",
            "Asia/Kolkata",
            "Australia/Lord_Howe",
            "Pacific/Auckland",
            "Pacific/Kiritimati");

    /// docs.stripe.com/billing/subscriptions/billing-cycle: January 31, then February 28 or 29, March
    /// 31, April 30.
    @ParameterizedTest
    @CsvSource({
        "2026-01-31, 1, 2026-02-28", "2026-01-31, 2, 2026-03-31", "2026-01-31, 3, 2026-04-30",
        "2028-01-31, 1, 2028-02-29", "2027-12-31, 2, 2028-02-29", "2024-02-29, 12, 2025-02-28",
        "2024-02-29, 48, 2028-02-29", "2026-01-30, 1, 2026-02-28", "2026-01-30, 2, 2026-03-30",
        "2026-03-31, -1, 2026-02-28", "2026-09-02, 5, 2027-02-02"
    })
    void aPeriodBeginsAsManyMonthsAfterTheAnchor(LocalDate anchor, long k, LocalDate expected) {
        for (String zone : ZONES) {
            BillingAnchor from = new BillingAnchor(anchor.atTime(12, 0), ZoneId.of(zone));
            assertThat(LocalDate.ofInstant(from.start(k), from.zone())).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Spring: 02:30 is skipped and becomes 03:30; autumn: the first of two 02:30.
        "2026-01-29T02:30, Europe/Berlin, 2, 2026-03-29T01:30:00Z",
        "2026-09-25T02:30, Europe/Berlin, 1, 2026-10-25T00:30:00Z",
        "2026-02-08T02:30, America/New_York, 1, 2026-03-08T07:30:00Z",
        "2026-10-01T01:30, America/New_York, 1, 2026-11-01T05:30:00Z",
        "2026-01-01T00:00, Pacific/Pago_Pago, 0, 2026-01-01T11:00:00Z",
        "2026-01-01T00:00, Pacific/Kiritimati, 0, 2025-12-31T10:00:00Z"
    })
    void aTimeThatIsSkippedMovesOnAndOfTwoTheFirstCounts(LocalDateTime anchor, String zone, long k, Instant expected) {
        BillingAnchor from = new BillingAnchor(anchor, ZoneId.of(zone));
        assertThat(from.start(k)).isEqualTo(expected);
    }

    @Test
    void aMonthWithAChangeOfTimeHasItsDaysAndAnHourMoreOrLess() {
        BillingAnchor berlin = new BillingAnchor(LocalDateTime.parse("2026-03-01T00:00"), ZoneId.of("Europe/Berlin"));
        Cycle march = berlin.cycle(0);
        assertThat(march.days()).isEqualTo(31);
        assertThat(Duration.between(march.start(), march.end())).isEqualTo(Duration.ofHours(31 * 24 - 1));
        Cycle october = berlin.cycle(7);
        assertThat(october.days()).isEqualTo(31);
        assertThat(Duration.between(october.start(), october.end())).isEqualTo(Duration.ofHours(31 * 24 + 1));
    }

    /// Lago's plan model page: 50 a month, five days of trial in April: 50 x 25 / 30 = 41.67. Its page
    /// on prorated charges shows 10 for 22 days as 7.33. A help page of Stripe's users shows 29 and 49
    /// x 16 / 30: 15.47, 26.13.
    @ParameterizedTest
    @CsvSource({
        "50, 25, 30, 41.67",
        "10, 22, 30, 7.33",
        "29, 16, 30, 15.47",
        "49, 16, 30, 26.13",
        "99, 0, 31, 0.00",
        "99, 31, 31, 99.00",
        "0.01, 1, 2, 0.01",
        "100, 1, 3, 33.33",
        "100, 2, 3, 66.67"
    })
    void aShareIsByTheDayOverTheWholePeriod(BigDecimal price, long days, long of, BigDecimal expected) {
        assertThat(new Proration(days, of).of(price, USD).value()).isEqualTo(expected);
    }

    @Test
    void anUpgradeIsTheNewPricesRestLessTheOldOnesAndADowngradeGivesBack() {
        BillingAnchor anchor = new BillingAnchor(LocalDateTime.parse("2026-04-01T00:00"), ZoneId.of("UTC"));
        Cycle april = anchor.cycle(0);
        Proration rest = april.between(Instant.parse("2026-04-16T09:00:00Z"), april.end());
        assertThat(rest).isEqualTo(new Proration(15, 30));
        Proration.Change up = rest.change(BigDecimal.valueOf(10), BigDecimal.valueOf(20), USD);
        assertThat(up.net().toPlainString()).isEqualTo("5.00");
        assertThat(rest.change(BigDecimal.valueOf(20), BigDecimal.valueOf(10), USD)
                        .net()
                        .toPlainString())
                .isEqualTo("-5.00");
        assertThat(rest.of(BigDecimal.valueOf(1_001), Currency.getInstance("JPY"))
                        .toPlainString())
                .isEqualTo("501");
    }

    @Test
    void whatHasNoSenseIsRefused() {
        Cycle april = new BillingAnchor(LocalDateTime.parse("2026-04-01T00:00"), ZoneId.of("UTC")).cycle(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> april.between(april.end(), april.start()))
                .withMessageContaining("in order");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> april.between(april.start(), april.end().plusSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Proration(2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Proration(0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Proration(1, 1).of(BigDecimal.ONE, Currency.getInstance("XAU")));
    }

    /// Every instant lies in exactly one period, in every zone, whatever the anchor.
    @Property(tries = 10_000)
    void periodsFollowEachOtherWithoutGapOrOverlap(@ForAll long seed, @ForAll @IntRange(min = -24, max = 60) int k) {
        Random random = new Random(seed);
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        LocalDateTime local =
                LocalDate.of(2024, 1, 1).plusDays(random.nextInt(1_500)).atTime(random.nextInt(24), random.nextInt(60));
        BillingAnchor anchor = new BillingAnchor(local, zone);
        Cycle cycle = anchor.cycle(k);
        assertThat(cycle.end()).isEqualTo(anchor.cycle(k + 1).start());
        assertThat(cycle.days()).isBetween(28L, 31L);
        long inside = (long) (random.nextDouble()
                * Duration.between(cycle.start(), cycle.end()).toSeconds());
        Instant instant = cycle.start().plusSeconds(inside);
        assertThat(cycle.contains(instant)).isTrue();
        assertThat(anchor.containing(instant)).isEqualTo(cycle);
        assertThat(anchor.containing(cycle.start())).isEqualTo(cycle);
        assertThat(cycle.between(cycle.start(), instant).days()
                        + cycle.between(instant, cycle.end()).days())
                .isEqualTo(cycle.days());
        assertThat(BillingAnchor.at(anchor.start(0), zone).start(0)).isEqualTo(anchor.start(0));
    }
}
