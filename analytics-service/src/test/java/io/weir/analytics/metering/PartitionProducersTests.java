package io.weir.analytics.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.ingestion.Rendered;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.ProducerSequences.Producer;
import io.weir.ledger.ProducerSequences.Seen;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PartitionProducersTests {

    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Producer A = new Producer("a,b;c @-d", 1_790_000_000_000L);

    private PartitionProducers producers = PartitionProducers.resumed("log", 3, "", true, START);

    private Seen see(Producer producer, long sequence, long second) {
        return producers.observe(new Stamp(producer, sequence, START.plusSeconds(second), false), START);
    }

    private void resume() {
        producers = PartitionProducers.resumed("log", 3, producers.memory(), false, START);
    }

    @Test
    void whoReadsOnExpectsWhatTheReaderBeforeExpected() {
        see(A, 0, 1);
        see(A, 1, 2);
        resume();
        assertThat(see(A, 2, 3)).isInstanceOf(Seen.InOrder.class);
        resume();
        assertThat(see(A, 5, 6)).isEqualTo(new Seen.AfterGap(new Gap(A, 3, 4)));
        assertThat(producers.gaps()).containsExactly(new OpenGap("log", 3, new Gap(A, 3, 4), START.plusSeconds(3)));
    }

    @Test
    void aGapOutlivesTheReaderThatFoundIt() {
        see(A, 0, 1);
        see(A, 9, 9);
        resume();
        assertThat(producers.gaps()).containsExactly(new OpenGap("log", 3, new Gap(A, 1, 8), START.plusSeconds(1)));
        assertThat(see(A, 4, 4)).isInstanceOf(Seen.Late.class);
        resume();
        assertThat(producers.gaps()).extracting(OpenGap::gap).containsExactly(new Gap(A, 1, 3), new Gap(A, 5, 8));
        assertThat(producers.gaps()).extracting(OpenGap::since).containsOnly(START.plusSeconds(1));
    }

    @Test
    void whatIsAcceptedIsNotNamedAnyMore() {
        see(A, 0, 1);
        see(A, 9, 9);
        see(A, 4, 4);
        producers.accept(new Gap(A, 1, 8));
        resume();
        assertThat(producers.gaps()).isEmpty();
        assertThat(see(A, 10, 10)).isInstanceOf(Seen.InOrder.class);
    }

    @Test
    void aNewProducerThatDoesNotBeginWithZeroLacksSomethingUnlessTheBeginningWasNotRead() {
        see(A, 0, 1);
        resume();
        Producer fresh = new Producer("fresh", START.toEpochMilli());
        assertThat(see(fresh, 2, 9)).isEqualTo(new Seen.AfterGap(new Gap(fresh, 0, 1)));
        assertThat(producers.gaps()).extracting(OpenGap::since).containsExactly(START);

        producers = PartitionProducers.resumed("log", 3, "", false, START);
        assertThat(see(fresh, 2, 9)).isInstanceOf(Seen.InOrder.class);
    }

    @Test
    void gapsThatHaveNoRoomAreRememberedAsOneRangeThatCoversThem() {
        see(A, 0, 1_000);
        // The clock of the events runs backwards.
        for (long n = 2; n <= 60; n += 2) {
            see(A, n, 1_000 - n);
        }
        assertThat(producers.gaps()).hasSize(30);
        resume();
        assertThat(producers.gaps()).hasSize(20);
        assertThat(producers.gaps()).extracting(OpenGap::gap).contains(new Gap(A, 1, 1), new Gap(A, 39, 59));
        resume();
        assertThat(producers.gaps()).hasSize(20);
    }

    @Test
    void theMemoryFitsBesideAnOffsetHoweverManyProducersThereWere() {
        Producer torn = new Producer("torn", 1);
        see(torn, 0, 0);
        for (long n = 2; n < 1_000; n += 2) {
            see(torn, n, n);
        }
        for (int n = 0; n < 2_000; n++) {
            see(new Producer("orchestration-7f9c6d5b48-" + n, START.toEpochMilli() + n), 0, n);
        }
        String memory = producers.memory();
        assertThat(memory).hasSizeLessThanOrEqualTo(Rendered.LONGEST_MEMORY);
        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(memory)).isTrue();
        resume();
        assertThat(producers.gaps())
                .as("of those without room, the last one stands")
                .isNotEmpty();
        assertThat(producers.gaps().getFirst().gap().from()).isOne();
        assertThat(producers.gaps().getLast().gap().to()).isEqualTo(997);
        assertThat(see(new Producer("orchestration-7f9c6d5b48-0", START.toEpochMilli()), 1, 1))
                .as("who had no room may go on")
                .isInstanceOf(Seen.InOrder.class);
    }

    @Test
    void aMemoryThatNobodyCanReadStopsNothing() {
        for (String foreign : new String[] {"x", "b;", "b;a,1", "b;a,1,x,3,0", "b;a,1,2,3,0,5-@"}) {
            producers = PartitionProducers.resumed("log", 3, foreign, true, START);
            assertThat(see(A, 7, 1)).as(foreign).isInstanceOf(Seen.InOrder.class);
        }
    }

    @Test
    void timesThatCannotBeDoNotBreakTheMemory() {
        producers.observe(new Stamp(new Producer("a", -5), 3, Instant.MIN, false), START);
        producers.observe(new Stamp(new Producer("b", Long.MAX_VALUE), 3, Instant.MAX, false), START);
        resume();
        assertThat(producers.gaps()).hasSize(2);
    }
}
