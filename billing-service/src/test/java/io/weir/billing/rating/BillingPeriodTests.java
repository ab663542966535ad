package io.weir.billing.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class BillingPeriodTests {

    @Test
    void aLeapFebruaryHasItsTwentyNinthDay() {
        BillingPeriod leap = BillingPeriod.of(YearMonth.of(2028, 2), ZoneOffset.UTC);
        assertThat(Duration.between(leap.start(), leap.end())).isEqualTo(Duration.ofDays(29));
        assertThat(leap.contains(Instant.parse("2028-02-29T23:00:00Z"))).isTrue();
        assertThat(leap.contains(Instant.parse("2028-03-01T00:00:00Z"))).isFalse();
    }

    @Test
    void theMonthBeginsAndEndsInTheTenantsZone() {
        BillingPeriod newYork = BillingPeriod.of(YearMonth.of(2026, 11), ZoneId.of("America/New_York"));
        // Daylight saving ends on 1 November 2026, after the month began at -04:00.
        assertThat(newYork.start()).isEqualTo("2026-11-01T04:00:00Z");
        assertThat(newYork.end()).isEqualTo("2026-12-01T05:00:00Z");
        assertThat(newYork.contains(Instant.parse("2026-11-01T03:00:00Z"))).isFalse();
        assertThat(newYork.contains(Instant.parse("2026-11-01T04:00:00Z"))).isTrue();
        assertThat(newYork.contains(Instant.parse("2026-12-01T04:00:00Z"))).isTrue();
        assertThat(newYork.contains(Instant.parse("2026-12-01T05:00:00Z"))).isFalse();
    }

    @Test
    void anHourThatStraddlesMidnightBelongsToTheEarlierPeriodOnly() {
        ZoneId kolkata = ZoneId.of("Asia/Kolkata");
        Instant straddling = Instant.parse("2026-11-30T18:00:00Z");
        assertThat(BillingPeriod.of(YearMonth.of(2026, 11), kolkata).contains(straddling))
                .isTrue();
        assertThat(BillingPeriod.of(YearMonth.of(2026, 12), kolkata).contains(straddling))
                .isFalse();
        assertThat(BillingPeriod.of(YearMonth.of(2026, 12), kolkata).contains(straddling.plusSeconds(3600)))
                .isTrue();
    }

    @Test
    void aPeriodThatEndsBeforeItBeginsIsRefused() {
        BillingPeriod period = BillingPeriod.of(YearMonth.of(2026, 11), ZoneOffset.UTC);
        assertThatThrownBy(() -> period.endingAt(period.start())).isInstanceOf(IllegalArgumentException.class);
    }
}
