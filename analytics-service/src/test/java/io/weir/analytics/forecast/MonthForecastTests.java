package io.weir.analytics.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.forecast.MonthForecast.Range;
import io.weir.money.Amount;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MonthForecastTests {

    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final Instant END = Instant.parse("2026-12-01T00:00:00Z");

    @Test
    void tenDaysLikeTheLastFourAreAddedWithTheirScatter() {
        // Days 8, 12, 8, 12: mean 10, squares 4 x 4 = 16, variance 16 / 3 = 5.333...
        // Ten days more: 10 x 10 = 100. Variance 10 x 5.333 + 100 x 5.333 / 4 = 53.33 + 133.33 = 186.67,
        // its root 13.6626, times 1.96: 26.7787.
        List<Amount> days = List.of(Amount.of("8"), Amount.of("12"), Amount.of("8"), Amount.of("12"));
        Range range = MonthForecast.range(Amount.of("200"), days, Duration.ofDays(10));
        assertThat(range).isNotNull();
        assertThat(range.expectedUsd().value()).isEqualByComparingTo("300");
        assertThat(range.lowUsd().value()).isBetween(new BigDecimal("273.22"), new BigDecimal("273.23"));
        assertThat(range.highUsd().value()).isBetween(new BigDecimal("326.77"), new BigDecimal("326.78"));
    }

    @Test
    void equalDaysHaveNoScatter() {
        Range range =
                MonthForecast.range(Amount.of("1.5"), Collections.nCopies(3, Amount.of("0.1")), Duration.ofHours(12));
        assertThat(range).isNotNull();
        assertThat(range.lowUsd().value()).isEqualByComparingTo("1.55");
        assertThat(range.highUsd().value()).isEqualByComparingTo("1.55");
    }

    @Test
    void whatIsSpentStaysSpent() {
        List<Amount> days = List.of(Amount.of("0"), Amount.of("0"), Amount.of("90"));
        Range range = MonthForecast.range(Amount.of("90"), days, Duration.ofDays(20));
        assertThat(range).isNotNull();
        assertThat(range.lowUsd().value()).isEqualByComparingTo("90");
    }

    @Test
    void daysWithoutACallCountUnlessTheTenantIsNew() {
        Optional<BigDecimal> none = Optional.empty();
        Optional<BigDecimal> some = Optional.of(new BigDecimal("7"));
        // A job of each Sunday, asked on a Monday.
        List<Optional<BigDecimal>> weekly = new ArrayList<>(Collections.nCopies(14, none));
        weekly.set(6, some);
        weekly.set(13, some);
        assertThat(MonthForecast.complete(weekly, true))
                .hasSize(14)
                .filteredOn(day -> day.equals(Amount.of("7")))
                .hasSize(2);
        assertThat(MonthForecast.complete(Collections.nCopies(14, none), true))
                .containsOnly(Amount.ZERO)
                .hasSize(14);
        assertThat(MonthForecast.complete(Collections.nCopies(14, none), false)).isEmpty();
        assertThat(MonthForecast.complete(List.of(none, some, none, some), false))
                .containsExactly(Amount.of("7"), Amount.ZERO, Amount.of("7"));
    }

    @Test
    void aNewTenantsFirstDayCountsOnlyWhileThereAreNoThreeOthers() {
        List<Optional<BigDecimal>> days = Stream.of("1", "2", "3", "4")
                .map(BigDecimal::new)
                .map(Optional::of)
                .toList();
        assertThat(MonthForecast.complete(days, false)).containsExactly(Amount.of("2"), Amount.of("3"), Amount.of("4"));
        assertThat(MonthForecast.complete(days, true)).hasSize(4);
        assertThat(MonthForecast.complete(days.subList(0, 3), false)).hasSize(3);
    }

    @Test
    void ofFewerThanThreeDaysNothingIsSaid() {
        assertThat(MonthForecast.range(Amount.of("5"), Collections.nCopies(2, Amount.of("5")), Duration.ofDays(9)))
                .isNull();
    }

    @Test
    void theCapIsReachedWhereTheBurnRateMeetsItWithinTheMonth() {
        Amount cap = Amount.of("100");
        // 40 left at 0.5 an hour: 80 hours.
        assertThat(MonthForecast.reached(cap, Amount.of("60"), Amount.of("0.5"), NOW, END))
                .isEqualTo(NOW.plus(Duration.ofHours(80)));
        // 240 hours are left of the month: at 0.16 an hour 38.4 are spent.
        assertThat(MonthForecast.reached(cap, Amount.of("60"), Amount.of("0.16"), NOW, END))
                .isNull();
        // To the last moment: the cap holds all of the month.
        assertThat(MonthForecast.reached(
                        cap, Amount.of("60"), Amount.of("0.125"), NOW, NOW.plus(Duration.ofHours(320))))
                .isNull();
        assertThat(MonthForecast.reached(cap, Amount.of("60"), Amount.ZERO, NOW, END))
                .isNull();
        assertThat(MonthForecast.reached(cap, Amount.of("100"), Amount.ZERO, NOW, END))
                .isEqualTo(NOW);
        assertThat(MonthForecast.reached(null, Amount.of("60"), Amount.of("5"), NOW, END))
                .isNull();
    }
}
