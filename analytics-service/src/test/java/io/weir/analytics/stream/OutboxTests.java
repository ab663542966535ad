package io.weir.analytics.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.analytics.stream.Frame.Budget;
import io.weir.analytics.stream.Frame.Checkpoint;
import io.weir.analytics.stream.Frame.Delta;
import io.weir.analytics.stream.Frame.Ping;
import io.weir.analytics.stream.Frame.Snapshot;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
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
        outbox.begin(List.of(delta(1), delta(2)), 0);
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
        outbox.begin(List.of(), 0);
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
        outbox.begin(List.of(), 0);
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
        private int checkpoints;
        private Totals totals = Totals.NONE;

        void take(Frame frame) {
            if (frame instanceof Delta delta) {
                assertThat(delta.fromSeq()).isEqualTo(seq + 1);
                totals = totals.plus(delta.increment());
            } else if (frame instanceof Snapshot snapshot) {
                assertThat(snapshot.seq()).isEqualTo(seq);
                totals = snapshot.totals();
            } else if (frame instanceof Checkpoint checkpoint) {
                assertThat(checkpoint.seq()).isEqualTo(seq);
                assertThat(checkpoint.totals()).isEqualTo(totals);
                checkpoints++;
            } else {
                assertThat(frame.seq()).isEqualTo(seq);
            }
            seq = frame.seq();
        }
    }

    @Test
    void aReaderThatTakesNothingIsGivenUpAndOneThatWaitsIsNot() {
        Outbox stuck = outbox();
        stuck.begin(List.of(delta(1)), 0);
        Outbox idle = outbox();
        idle.begin(List.of(), 0);
        long later = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        stuck.tick(later, LONG, Duration.ofSeconds(15));
        idle.tick(later, LONG, Duration.ofSeconds(15));
        assertThat(stuck.ended().block(LIMIT)).isEqualTo(Ending.SLOW);
        assertThat(idle.hasEnded()).isFalse();
    }

    @Test
    void aPingTellsTheLastNumberThatWasTaken() {
        Outbox outbox = outbox();
        outbox.begin(List.of(delta(1)), 0);
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
    void whoResumesWithNothingMissingIsToldTheNumberThatItHas() {
        Outbox outbox = outbox();
        outbox.begin(List.of(), 41);
        StepVerifier.create(outbox.frames())
                .then(() ->
                        outbox.tick(System.nanoTime() + Duration.ofSeconds(21).toNanos(), Duration.ofSeconds(20), LONG))
                .expectNext(new Ping(41))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void aSlowReaderStillHearsOfEachBudgetAndOfTheLastCheckpoint() {
        Outbox outbox = outbox();
        outbox.begin(List.of(), 0);
        Reader exact = new Reader();
        for (long seq = 1; seq <= 100; seq++) {
            outbox.add(delta(seq));
            exact.take(delta(seq));
            outbox.add(budget("b" + seq % 3, seq % 2 == 0 ? "threshold_50" : "burn_rate"));
            outbox.add(new Checkpoint(seq, YearMonth.of(2026, 11), exact.totals, seq - 1));
        }
        outbox.end(Ending.RESTART);
        List<Frame> all = Objects.requireNonNull(outbox.frames().collectList().block(LIMIT));
        assertThat(all).hasSizeLessThan(20);
        assertThat(all.stream()
                        .flatMap(frame -> frame instanceof Budget told
                                ? Stream.of(told.alert().matter())
                                : null))
                .contains("b0/1970-01-01T00:00:00Z/burn_rate", "b2/1970-01-01T00:00:00Z/threshold");
        Reader reader = new Reader();
        all.forEach(reader::take);
        assertThat(reader.seq).isEqualTo(100);
        assertThat(reader.checkpoints).isPositive();
    }

    @Test
    void aReaderThatTakesNothingCostsABoundedNumberOfFramesHoweverManyAlertsThereAre() {
        Outbox outbox = outbox();
        outbox.begin(List.of(), 0);
        for (int i = 1; i <= 1_000; i++) {
            outbox.add(budget("b" + i, "threshold_80"));
            outbox.add(delta(i));
        }
        outbox.end(Ending.RESTART);
        assertThat(Objects.requireNonNull(outbox.frames().collectList().block(LIMIT)))
                .hasSizeLessThan(40);
    }

    @Test
    void roomForAResumeComesBackWhenItsFramesAreTakenAndWhenItEnds() {
        Backlog backlog = new Backlog(10);
        Outbox reading = outbox();
        assertThat(backlog.holds(reading, 8)).isTrue();
        Outbox further = outbox();
        assertThat(backlog.holds(further, 3)).isFalse();
        reading.begin(List.of(delta(1), delta(2)), 0);
        StepVerifier.create(reading.frames(), 1)
                .expectNext(delta(1))
                .then(() -> assertThat(backlog.holds(further, 3)).isFalse())
                .thenRequest(1)
                .expectNext(delta(2))
                .then(() -> assertThat(backlog.holds(further, 10)).isTrue())
                .thenCancel()
                .verify(LIMIT);
        further.end(Ending.SLOW);
        Outbox gone = outbox();
        gone.end(Ending.LEFT);
        assertThat(backlog.holds(gone, 10)).isTrue();
        assertThat(backlog.holds(outbox(), 10)).isTrue();
    }

    private static Budget budget(String id, String kind) {
        BudgetAlert alert = new BudgetAlert(
                id + "/" + kind,
                new TenantId(new UUID(1, 1)),
                id,
                "tenant",
                "",
                Instant.EPOCH,
                kind,
                Amount.of("1"),
                Amount.of("2"),
                Instant.EPOCH);
        return new Budget(0, alert);
    }

    @Test
    void aRestartLetsTheReaderHaveWhatWaits() {
        Outbox outbox = outbox();
        outbox.begin(List.of(delta(1)), 0);
        outbox.add(delta(2));
        outbox.end(Ending.RESTART);
        outbox.add(delta(3));
        StepVerifier.create(outbox.frames())
                .expectNext(delta(1), delta(2))
                .expectComplete()
                .verify(LIMIT);
    }
}
