package io.weir.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.ProducerSequences.Producer;
import io.weir.ledger.ProducerSequences.Seen;
import io.weir.ledger.UsageEvent.Tick;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProducerSequencesTests {

    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Producer A1 = new Producer("a", 1);

    private final ProducerSequences sequences = ProducerSequences.fromBeginning();

    private static UsageRecord tick(String producer, long epoch, long sequence, long second, boolean last) {
        Instant time = START.plusSeconds(second);
        return new UsageRecord(
                producer + epoch + sequence, "s", time, null, producer, epoch, sequence, new Tick(sequence - 1, last));
    }

    private Seen see(String producer, long epoch, long sequence, long second) {
        return sequences.observe(tick(producer, epoch, sequence, second, false), START.plusSeconds(second));
    }

    @Test
    void recordsInOrderAreNothingToTellAboutPerProducerAndEpoch() {
        for (long i = 0; i < 3; i++) {
            assertThat(see("a", 1, i, i)).isInstanceOf(Seen.InOrder.class);
            assertThat(see("b", 1, i, i)).isInstanceOf(Seen.InOrder.class);
            assertThat(see("a", 2, i, i)).isInstanceOf(Seen.InOrder.class);
        }
        assertThat(sequences.gaps()).isEmpty();
    }

    @Test
    void whatIsMissingIsNamedOnce() {
        see("a", 1, 0, 0);
        Gap gap = new Gap(A1, 1, 4);
        assertThat(see("a", 1, 5, 1)).isEqualTo(new Seen.AfterGap(gap));
        assertThat(see("a", 1, 6, 2)).isInstanceOf(Seen.InOrder.class);
        assertThat(sequences.gaps()).containsExactly(gap);
        assertThat(gap.count()).isEqualTo(4);
    }

    @Test
    void aProducersFirstRecordThatIsNotItsNumberZeroIsAGapForOneWhoReadsFromTheBeginning() {
        assertThat(see("a", 1, 2, 0)).isEqualTo(new Seen.AfterGap(new Gap(A1, 0, 1)));
        assertThat(ProducerSequences.fromHere().observe(tick("a", 1, 2, 0, false), START))
                .isInstanceOf(Seen.InOrder.class);
    }

    @Test
    void whatComesAfterAllIsNotMissingAnyMore() {
        see("a", 1, 0, 0);
        see("a", 1, 5, 0);
        assertThat(see("a", 1, 3, 1)).isInstanceOf(Seen.Late.class);
        assertThat(sequences.gaps()).containsExactlyInAnyOrder(new Gap(A1, 1, 2), new Gap(A1, 4, 4));
        for (long missing : new long[] {1, 4, 2}) {
            assertThat(see("a", 1, missing, 1)).isInstanceOf(Seen.Late.class);
        }
        assertThat(sequences.gaps()).isEmpty();
        assertThat(see("a", 1, 6, 1)).isInstanceOf(Seen.InOrder.class);
    }

    @Test
    void whatIsSentAgainAfterACrashIsRecognised() {
        for (long i = 0; i < 5; i++) {
            see("a", 1, i, 0);
        }
        for (long i = 2; i < 5; i++) {
            assertThat(see("a", 1, i, 1)).isInstanceOf(Seen.Repeated.class);
        }
        assertThat(see("a", 1, 5, 1)).isInstanceOf(Seen.InOrder.class);
    }

    @Test
    void aProducerIsDeadAfterAMinuteOfSilenceAndNoLongerHoldsTheWatermarkBack() {
        see("a", 1, 0, 0);
        see("b", 1, 0, 50);
        assertThat(sequences.watermark(START.plusSeconds(59))).isEqualTo(START);
        assertThat(sequences.dead(START.plusSeconds(59))).isEmpty();
        assertThat(sequences.dead(START.plusSeconds(60))).containsExactly(A1);
        assertThat(sequences.watermark(START.plusSeconds(60))).isEqualTo(START.plusSeconds(50));
        see("a", 1, 1, 70);
        assertThat(sequences.isAlive(A1, START.plusSeconds(70)))
                .as("it was only slow")
                .isTrue();
    }

    @Test
    void aNextLifeEndsTheOneBeforeAtOnce() {
        see("a", 1, 0, 0);
        see("a", 2, 0, 1);
        assertThat(sequences.dead(START.plusSeconds(1))).containsExactly(A1);
        assertThat(sequences.alive(START.plusSeconds(1))).containsExactly(new Producer("a", 2));
    }

    @Test
    void oneThatSaidGoodbyeIsNeitherAliveNorDead() {
        sequences.observe(tick("a", 1, 0, 0, true), START);
        assertThat(sequences.alive(START)).isEmpty();
        assertThat(sequences.dead(START.plusSeconds(100))).isEmpty();
        assertThat(sequences.watermark(START)).isNull();
    }

    @Test
    void aGapThatSomebodyDealtWithIsNotNamedAnyMore() {
        see("a", 1, 3, 0);
        Gap gap = sequences.gaps().getFirst();
        sequences.forget(gap);
        assertThat(sequences.gaps()).isEmpty();
    }

    @Test
    void oneThatIsSilentForDaysIsForgottenUnlessSomethingOfItIsMissing() {
        see("a", 1, 5, 0);
        see("b", 1, 0, 0);
        see("c", 1, 0, 3 * 86_400);
        assertThat(sequences.gaps()).containsExactly(new Gap(A1, 0, 4));
        assertThat(sequences.position(A1)).isNotNull();
        assertThat(sequences.position(new Producer("b", 1))).isNull();

        sequences.forget(new Gap(A1, 0, 4));
        see("d", 1, 0, 3 * 86_400);
        assertThat(sequences.position(A1)).isNull();
    }

    @Test
    void oneThatIsResumedExpectsWhatTheOneBeforeExpected() {
        see("a", 1, 0, 0);
        see("a", 1, 5, 5);
        ProducerSequences resumed =
                ProducerSequences.resumed(true, sequences.positions(), sequences.gaps(), START.plusSeconds(9));
        assertThat(resumed.gaps()).containsExactly(new Gap(A1, 1, 4));
        assertThat(resumed.observe(tick("a", 1, 6, 10, false), START.plusSeconds(10)))
                .isInstanceOf(Seen.InOrder.class);
        assertThat(resumed.observe(tick("a", 1, 4, 10, false), START.plusSeconds(10)))
                .isInstanceOf(Seen.Late.class);
        assertThat(resumed.observe(tick("b", 1, 1, 10, false), START.plusSeconds(10)))
                .isEqualTo(new Seen.AfterGap(new Gap(new Producer("b", 1), 0, 0)));
        assertThat(resumed.position(A1)).extracting("highest").isEqualTo(6L);
        assertThat(resumed.position(new Producer("nobody", 1))).isNull();
    }
}
