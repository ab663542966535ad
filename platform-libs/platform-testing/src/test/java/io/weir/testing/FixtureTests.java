package io.weir.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FixtureTests {

    @Test
    void theClockMovesOnlyWhenTurnedAndInEveryZoneAtOnce() {
        MutableClock clock = MutableClock.at("2026-01-31T23:59:59Z");
        MutableClock abroad = clock.withZone(ZoneId.of("Asia/Tokyo"));
        clock.advance(Duration.ofSeconds(1));

        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
        assertThat(abroad.instant()).isEqualTo(clock.instant());
    }

    @Test
    void waitingEndsAtTheFirstSuccess() {
        AtomicInteger attempts = new AtomicInteger();
        Eventually.passes(() -> assertThat(attempts.incrementAndGet()).isEqualTo(3));

        assertThat(attempts).hasValue(3);
    }

    @Test
    void waitingFailsAtTheDeadlineWithTheLastReason() {
        assertThatThrownBy(() -> Eventually.passes(
                        Duration.ofMillis(60), () -> assertThat("one").isEqualTo("two")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("two");
        assertThatThrownBy(() -> Eventually.value(Duration.ofMillis(60), () -> "never", String::isEmpty))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("never");
    }

    @Test
    void freshNamesDiffer() {
        assertThat(Infrastructure.freshName("db"))
                .matches("db_[a-z0-9]{10}")
                .isNotEqualTo(Infrastructure.freshName("db"));
    }
}
