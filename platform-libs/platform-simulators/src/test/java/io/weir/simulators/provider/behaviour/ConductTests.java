package io.weir.simulators.provider.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConductTests {

    private static final long MINUTE = Duration.ofMinutes(1).toMillis();

    @Test
    void theLimitRefillsEvenlyOverTheMinute() {
        Conduct conduct = new Conduct(limitedTo(6), 0);
        assertThat(served(conduct, 0, 10)).isEqualTo(6);
        assertThat(served(conduct, MINUTE / 6 - 1, 10)).isZero();
        assertThat(served(conduct, MINUTE / 6, 10)).isEqualTo(1);
        assertThat(served(conduct, MINUTE * 10, 10)).isEqualTo(6);
    }

    @Test
    void whoWaitsAsToldIsServed() {
        Conduct conduct = new Conduct(limitedTo(7), 0);
        assertThat(served(conduct, 0, 7)).isEqualTo(7);
        Admission refused = conduct.admit(100);
        assertThat(refused).isInstanceOf(Admission.Throttled.class);
        long wait = ((Admission.Throttled) refused).retryAfter().toMillis();
        assertThat(conduct.admit(100 + wait - 1)).isInstanceOf(Admission.Throttled.class);
        assertThat(conduct.admit(100 + wait)).isInstanceOf(Admission.Served.class);
    }

    @Test
    void aClockThatGoesBackRefillsNothing() {
        Conduct conduct = new Conduct(limitedTo(1), MINUTE);
        assertThat(served(conduct, MINUTE, 2)).isEqualTo(1);
        assertThat(served(conduct, 0, 2)).isZero();
        assertThat(served(conduct, MINUTE, 2)).isZero();
    }

    private static long served(Conduct conduct, long nowMillis, int calls) {
        long served = 0;
        for (int i = 0; i < calls; i++) {
            served += conduct.admit(nowMillis) instanceof Admission.Served ? 1 : 0;
        }
        return served;
    }

    private static Behaviour limitedTo(int requestsPerMinute) {
        return new Behaviour(
                Duration.ZERO,
                Duration.ZERO,
                null,
                null,
                null,
                null,
                0,
                500,
                requestsPerMinute,
                0,
                null,
                null,
                false,
                false);
    }
}
