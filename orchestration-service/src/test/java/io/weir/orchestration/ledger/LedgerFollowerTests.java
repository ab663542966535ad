package io.weir.orchestration.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kafka.KafkaProperties;
import io.weir.ledger.SpillNotice;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LedgerFollowerTests {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger asked = new AtomicInteger();

    private LedgerFollower follower(int failures) {
        Sweeper sweeper = new Sweeper(
                (hold, partition) -> {}, SpillNotice.NONE, Duration.ZERO, Duration.ZERO, () -> true, meters);
        return new LedgerFollower(
                new KafkaProperties("127.0.0.1:1", "x.", (short) 1, Map.of()),
                sweeper,
                () -> {
                    if (asked.incrementAndGet() <= failures) {
                        throw new IllegalArgumentException("a defect");
                    }
                    return Instant.EPOCH;
                },
                meters);
    }

    @Test
    void aDefectThatItMeetsDoesNotEndIt() {
        LedgerFollower follower = follower(2);
        follower.start();
        try {
            Eventually.passes(Duration.ofSeconds(30), () -> assertThat(asked).hasValueGreaterThan(10));
        } finally {
            follower.stop();
        }
    }

    @Test
    void whoeverDoesNotReadIsUnhealthyAfterAMinute() {
        LedgerFollower follower = follower(0);
        long now = System.nanoTime();
        assertThat(follower.trouble(now)).isNull();
        assertThat(follower.trouble(now + TimeUnit.SECONDS.toNanos(75))).matches("the ledger was not read for 7\\d s");
        assertThat(follower.figures()).isEqualTo("0 records behind, 0 holds open");
    }
}
