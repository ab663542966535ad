package io.weir.orchestration.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.snapshots.catalog.BudgetSnapshot.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BudgetWindowTests {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static BudgetWindow around(String instant, Window window, ZoneId zone) {
        return BudgetWindow.around(Instant.parse(instant), window, zone);
    }

    @Test
    void aMonthEndsWhereTheTenantsCalendarSaysSo() {
        assertThat(around("2026-10-31T23:30:00Z", Window.MONTH, BERLIN))
                .isEqualTo(new BudgetWindow(
                        Instant.parse("2026-10-31T23:00:00Z"),
                        Instant.parse("2026-11-30T23:00:00Z"),
                        Instant.parse("2026-11-01T00:00:00Z")));
        assertThat(around("2026-10-31T23:30:00Z", Window.MONTH, ZoneOffset.UTC))
                .isEqualTo(new BudgetWindow(
                        Instant.parse("2026-10-01T00:00:00Z"),
                        Instant.parse("2026-11-01T00:00:00Z"),
                        Instant.parse("2026-10-01T00:00:00Z")));
    }

    @Test
    void februaryOfALeapYearHasItsDay() {
        assertThat(around("2028-02-29T12:00:00Z", Window.DAY, ZoneOffset.UTC))
                .isEqualTo(new BudgetWindow(
                        Instant.parse("2028-02-29T00:00:00Z"),
                        Instant.parse("2028-03-01T00:00:00Z"),
                        Instant.parse("2028-02-29T00:00:00Z")));
    }

    @Test
    void daysOf23And25HoursAreDays() {
        BudgetWindow spring = around("2026-03-29T10:00:00Z", Window.DAY, BERLIN);
        BudgetWindow autumn = around("2026-10-25T10:00:00Z", Window.DAY, BERLIN);
        assertThat(Duration.between(spring.start(), spring.end())).isEqualTo(Duration.ofHours(23));
        assertThat(Duration.between(autumn.start(), autumn.end())).isEqualTo(Duration.ofHours(25));
    }

    @Test
    void aWeekBeginsOnMondayAlsoAcrossTheYearsEndAndASwitchOfTheClock() {
        assertThat(around("2027-01-02T12:00:00Z", Window.WEEK, BERLIN))
                .isEqualTo(new BudgetWindow(
                        Instant.parse("2026-12-27T23:00:00Z"),
                        Instant.parse("2027-01-03T23:00:00Z"),
                        Instant.parse("2026-12-28T00:00:00Z")));
        BudgetWindow spring = around("2026-03-29T10:00:00Z", Window.WEEK, BERLIN);
        assertThat(Duration.between(spring.start(), spring.end())).isEqualTo(Duration.ofHours(7 * 24 - 1));
    }

    @Test
    void aTotalNeverEnds() {
        assertThat(around("2026-11-22T00:00:00Z", Window.TOTAL, BERLIN))
                .isEqualTo(new BudgetWindow(Instant.EPOCH, null, Instant.EPOCH));
    }

    @Property
    void aZoneThatNamesTheSameDayKeepsTheWindow(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long second, @ForAll Zone zone, @ForAll Zone other) {
        Instant instant = Instant.ofEpochSecond(second);
        for (Window window : Window.values()) {
            BudgetWindow found = BudgetWindow.around(instant, window, zone.id);
            BudgetWindow moved = BudgetWindow.around(instant, window, other.id);
            boolean sameLabel =
                    window == Window.TOTAL || label(instant, window, zone).equals(label(instant, window, other));
            assertThat(moved.key().equals(found.key())).isEqualTo(sameLabel);
        }
    }

    private static LocalDate label(Instant instant, Window window, Zone zone) {
        LocalDate day = LocalDate.ofInstant(instant, zone.id);
        return switch (window) {
            case WEEK -> day.minusDays(day.getDayOfWeek().getValue() - 1L);
            case MONTH -> day.withDayOfMonth(1);
            case DAY, TOTAL -> day;
        };
    }

    @Property
    void everyInstantIsWithinItsWindowAndTheEndOpensTheNext(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long second, @ForAll Zone zone) {
        Instant instant = Instant.ofEpochSecond(second);
        for (Window window : new Window[] {Window.DAY, Window.WEEK, Window.MONTH}) {
            BudgetWindow found = BudgetWindow.around(instant, window, zone.id);
            assertThat(found.start()).isBeforeOrEqualTo(instant);
            assertThat(found.end()).isAfter(instant);
            assertThat(BudgetWindow.around(found.start(), window, zone.id)).isEqualTo(found);
            Instant end = found.end() == null ? Instant.MAX : found.end();
            assertThat(BudgetWindow.around(end, window, zone.id).start()).isEqualTo(end);
        }
    }

    enum Zone {
        UTC("UTC"),
        BERLIN("Europe/Berlin"),
        HAVANA("America/Havana"),
        APIA("Pacific/Apia"),
        LORD_HOWE("Australia/Lord_Howe");

        final ZoneId id;

        Zone(String id) {
            this.id = ZoneId.of(id);
        }
    }
}
