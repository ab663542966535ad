package io.weir.r2dbc.governance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowPaceTests {

    private static final long SECOND = 1_000_000_000L;
    private final RowPace pace = new RowPace();

    @Test
    void aSecondsWorthPassesAtFullSpeed() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(pace.pauseMillis(1_000, 5)).isZero();
        }
        assertThat(pauses(100, 5)).isPositive();
    }

    @Test
    void thenRowsPassAtThePlansPace() {
        pauses(1_000, 0);
        long now = 0;
        int rows = 0;
        while (now < 10 * SECOND) {
            now += pace.pauseMillis(1_000, now) * 1_000_000;
            rows++;
        }
        assertThat(rows).isBetween(9_900, 10_100);
    }

    @Test
    void restIsNotSavedUpForLongerThanASecond() {
        pauses(1_000, 0);
        assertThat(pauses(1_000, 100 * SECOND)).isZero();
        assertThat(pauses(100, 100 * SECOND)).isPositive();
    }

    private long pauses(int rows, long now) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += pace.pauseMillis(1_000, now);
        }
        return sum;
    }
}
