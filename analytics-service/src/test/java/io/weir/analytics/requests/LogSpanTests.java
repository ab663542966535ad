package io.weir.analytics.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.problem.PlatformException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogSpanTests {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

    @Test
    void datesAreDaysOfTheTenantsCalendar() {
        // The clocks go back in that night.
        assertThat(span("2026-11-01", "2026-11-01", NEW_YORK))
                .isEqualTo(new LogSpan(Instant.parse("2026-11-01T04:00:00Z"), Instant.parse("2026-11-02T05:00:00Z")));
        assertThat(span("2026-11-01T00:00:00Z", "2026-11-01", ZoneOffset.UTC))
                .isEqualTo(new LogSpan(Instant.parse("2026-11-01T00:00:00Z"), Instant.parse("2026-11-02T00:00:00Z")));
    }

    @Test
    void theLastMonthIsMeantWhereNothingIsSaid() {
        LogSpan nothingSaid = span(null, null, ZoneOffset.UTC);
        assertThat(nothingSaid.end()).isEqualTo(NOW.plusSeconds(1));
        assertThat(nothingSaid.start()).isEqualTo(NOW.plusSeconds(1).minus(Duration.ofDays(31)));
        assertThat(span(null, "2026-03-31", ZoneOffset.UTC).start()).isEqualTo(Instant.parse("2026-03-01T00:00:00Z"));
    }

    @Test
    void moreThanFourHundredDaysAreRefusedAndNamed() {
        assertThat(span("2025-10-20", "2026-11-23", ZoneOffset.UTC)).isNotNull();
        assertRefused("2025-10-19", "2026-11-23", "from");
        assertRefused("2020-01-01", null, "from");
        assertRefused("2026-11-25", null, "to");
    }

    private static void assertRefused(@Nullable String from, @Nullable String to, String parameter) {
        assertThatExceptionOfType(PlatformException.class)
                .isThrownBy(() -> span(from, to, ZoneOffset.UTC))
                .satisfies(refused -> assertThat(refused.param()).isEqualTo(parameter));
    }

    private static LogSpan span(@Nullable String from, @Nullable String to, ZoneId zone) {
        return LogSpan.of(Optional.ofNullable(from), Optional.ofNullable(to), zone, NOW);
    }
}
