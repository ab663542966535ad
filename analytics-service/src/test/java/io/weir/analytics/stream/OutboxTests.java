package io.weir.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Ping;
import io.weir.analytics.stream.Frame.Snapshot;
import io.weir.money.Amount;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/// Frames on their way to a reader that may be slow.
class OutboxTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofHours(1);
    private final StreamMeters meters = new StreamMeters(new SimpleMeterRegistry(), Clock.systemUTC());

    private Outbox outbox() {
        return new Outbox(8, meters, System.nanoTime());
    }

    private static Delta delta(long seq) {
        return new Delta(seq, seq, new Totals(1, Amount.of("0.000001"), Amount.of("0.5")), null, 0);
    }

    @Test
    void whatWasAddedWhileItOpenedComesAfterItsFirstFrames() {
        Outbox outbox = outbox();
        outbox.add(delta(3));
        outbox.begin(List.of(delta(1), delta(2)));
        StepVerifier.create(outbox.frames())
                .expectNext(delta(1), delta(2), delta(3))
                .then(() -> outbox.add(delta(4)))
                .expectNext(delta(4))
                .thenCancel()
                .verify(LIMIT);
        assertThat(outbox.hasEnded()).isTrue();
    }

    @Test
    void aSlowReaderGetsOneDeltaWithTheSumOfAll() {
        Outbox outbox = outbox();
        outbox.begin(List.of());
        StepVerifier.create(outbox.frames(), 0)
                .then(() -> {
                    for (long seq = 1; seq <= 1_000; seq++) {
                        outbox.add(delta(seq));
                    }
                })
                .thenRequest(1)
                .assertNext(frame -> {
                    Delta one = (Delta) frame;
                    assertThat(one.fromSeq()).isOne();
                    assertThat(one.seq()).isGreaterThan(900);
                    assertThat(one.increment().requests()).isEqualTo(one.seq());
                    assertThat(one.increment().cost())
                            .isEqualTo(Amount.of(String.format(java.util.Locale.ROOT, "0.%06d", one.seq())));
                })
                .thenCancel()
                .verify(LIMIT);
    }

    /// Whatever the order of deltas and snapshots, and however the reader takes them: numbers go on without a
    /// gap, and who adds up has the same sums as who saw every frame.
    @RepeatedTest(50)
    void sumsAndNumbersSurviveCoalescing(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Outbox outbox = outbox();
        outbox.begin(List.of());
        List<Frame> taken = new ArrayList<>();
        Reader exact = new Reader();
        reactor.core.publisher.BaseSubscriber<Frame> reader = new reactor.core.publisher.BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

            @Override
            protected void hookOnNext(Frame frame) {
                taken.add(frame);
            }
        };
        outbox.frames().subscribe(reader);
        long seq = 0;
        for (int i = 0; i < 500; i++) {
            Frame next = random.nextInt(20) == 0
                    ? new Snapshot(seq, YearMonth.of(2026, 11), new Totals(i, Amount.of("7"), Amount.ZERO))
                    : delta(++seq);
            exact.take(next);
            outbox.add(next);
            if (random.nextInt(12) == 0) {
                reader.request(random.nextInt(4) + 1L);
            }
        }
        reader.request(Long.MAX_VALUE);
        Reader coalesced = new Reader();
        taken.forEach(coalesced::take);
        assertThat(taken).hasSizeLessThan(500);
        assertThat(coalesced.seq).isEqualTo(exact.seq);
        assertThat(coalesced.totals).isEqualTo(exact.totals);
    }

    private static final class Reader {

        private long seq;
        private Totals totals = Totals.NONE;

        void take(Frame frame) {
            if (frame instanceof Delta delta) {
                assertThat(delta.fromSeq()).isEqualTo(seq + 1);
                totals = totals.plus(delta.increment());
            } else if (frame instanceof Snapshot snapshot) {
                assertThat(snapshot.seq()).isEqualTo(seq);
                totals = snapshot.totals();
            }
            seq = frame.seq();
        }
    }

    @Test
    void aReaderThatTakesNothingIsGivenUpAndOneThatWaitsIsNot() {
        Outbox stuck = outbox();
        stuck.begin(List.of(delta(1)));
        Outbox idle = outbox();
        idle.begin(List.of());
        long later = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        stuck.tick(later, LONG, Duration.ofSeconds(15));
        idle.tick(later, LONG, Duration.ofSeconds(15));
        assertThat(stuck.ended().block(LIMIT)).isEqualTo(Ending.SLOW);
        assertThat(idle.hasEnded()).isFalse();
    }

    @Test
    void aPingTellsTheLastNumberThatWasTaken() {
        Outbox outbox = outbox();
        outbox.begin(List.of(delta(1)));
        StepVerifier.create(outbox.frames(), 1)
                .expectNext(delta(1))
                .then(() ->
                        outbox.tick(System.nanoTime() + Duration.ofSeconds(21).toNanos(), Duration.ofSeconds(20), LONG))
                .thenRequest(1)
                .expectNext(new Ping(1))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void aRestartLetsTheReaderHaveWhatWaits() {
        Outbox outbox = outbox();
        outbox.begin(List.of(delta(1)));
        outbox.add(delta(2));
        outbox.end(Ending.RESTART);
        outbox.add(delta(3));
        StepVerifier.create(outbox.frames())
                .expectNext(delta(1), delta(2))
                .expectComplete()
                .verify(LIMIT);
    }
}
