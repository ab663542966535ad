package io.weir.analytics.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.problem.PlatformException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PeriodTests {

    private static final Instant SUNDAY = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void namesMeanTheCalendarOfUtc() {
        assertThat(of(null, null, null)).isEqualTo(period("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
        assertThat(of("day", null, null)).isEqualTo(period("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"));
        assertThat(of("week", null, null)).isEqualTo(period("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"));
        assertThat(of("month", null, null).lastSecond()).isEqualTo(Instant.parse("2026-11-30T23:59:59Z"));
    }

    @Test
    void datesWinOverTheName() {
        assertThat(of("day", "2026-01-01", "2026-01-31"))
                .isEqualTo(period("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"));
        assertThat(of(null, "2026-01-01T05:00:00Z", "2026-01-31T23:59:59Z"))
                .isEqualTo(period("2026-01-01T05:00:00Z", "2026-02-01T00:00:00Z"));
        assertThat(of(null, "2026-11-20", null)).isEqualTo(period("2026-11-20T00:00:00Z", "2026-11-23T00:00:00Z"));
        assertThat(of("week", null, "2026-11-19")).isEqualTo(period("2026-11-16T00:00:00Z", "2026-11-20T00:00:00Z"));
        assertThat(of(null, "2026-02-01", "2026-02-01"))
                .isEqualTo(period("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"));
    }

    @Test
    void whatIsWrongIsNamed() {
        assertRefused("period", "hour", null, null);
        assertRefused("period", "", null, null);
        assertRefused("startDate", null, "22.11.2026", null);
        assertRefused("endDate", null, null, "2026-11-31");
        assertRefused("endDate", null, "2026-11-02", "2026-11-01");
        assertRefused("startDate", null, "2027-01-01", null);
    }

    private static void assertRefused(
            String param, @Nullable String name, @Nullable String start, @Nullable String end) {
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> of(name, start, end))
                .satisfies(problem -> assertThat(problem.param()).isEqualTo(param));
    }

    private static Period of(@Nullable String name, @Nullable String start, @Nullable String end) {
        return Period.of(Optional.ofNullable(name), Optional.ofNullable(start), Optional.ofNullable(end), SUNDAY);
    }

    private static Period period(String start, String end) {
        return new Period(Instant.parse(start), Instant.parse(end));
    }
}
