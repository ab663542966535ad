package io.weir.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class RoundsTests {

    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void aRingBringsARoundAtOnce() {
        AtomicInteger rounds = new AtomicInteger();
        Bell bell = new Bell();
        Rounds running = new Rounds("tests", NEVER, bell.rings(), () -> Mono.fromRunnable(rounds::incrementAndGet));
        bell.ring();
        running.start();
        assertThat(rounds).as("nobody heard that one").hasValue(0);
        bell.ring();
        Eventually.passes(WAIT, () -> assertThat(rounds).hasValue(1));
        running.stop();
        bell.ring();
        assertThat(rounds).hasValue(1);
    }

    @Test
    void ringsDuringARoundBringOneMoreAndAFailedRoundEndsNothing() {
        AtomicInteger rounds = new AtomicInteger();
        Sinks.Empty<Void> first = Sinks.empty();
        Bell bell = new Bell();
        Rounds running = new Rounds(
                "tests", NEVER, bell.rings(), () -> rounds.incrementAndGet() == 1 ? first.asMono() : Mono.empty());
        running.start();
        for (int i = 0; i < 100; i++) {
            bell.ring();
        }
        assertThat(rounds).hasValue(1);
        first.tryEmitError(new IllegalStateException("as a test wants it"));
        Eventually.passes(WAIT, () -> assertThat(rounds).hasValue(2));
        running.stop();
    }
}
