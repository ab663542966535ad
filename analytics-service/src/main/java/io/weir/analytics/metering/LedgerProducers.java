package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Chunk;
import io.weir.clickhouse.ClickHouseException;
import io.weir.ledger.ProducerSequences.Gap;
import io.weir.ledger.ProducerSequences.Seen;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who writes the partitions that this instance reads. Confined to the ingestion thread.
final class LedgerProducers {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerProducers.class);
    private static final Duration ASK_EVERY = Duration.ofSeconds(2);

    private final AcceptedGaps accepted;
    private final LedgerGaps gaps;
    private final UsageListener listener;
    private final InstantSource clock;
    private final Map<Integer, PartitionProducers> partitions = new HashMap<>();
    private Instant askAgainAt = Instant.MIN;

    LedgerProducers(AcceptedGaps accepted, LedgerGaps gaps, UsageListener listener, InstantSource clock) {
        this.accepted = accepted;
        this.gaps = gaps;
        this.listener = listener;
        this.clock = clock;
    }

    /// @param memory of the reader before; empty: there is none
    /// @param first whether the partition is read from its first record
    void resumed(String log, int partition, String memory, boolean first) {
        partitions.put(partition, PartitionProducers.resumed(log, partition, memory, first, clock.instant()));
    }

    void assigned(List<Integer> now) {
        partitions.keySet().retainAll(now);
        gaps.assigned(now);
        partitions.forEach((partition, producers) -> tell(partition, producers.gaps()));
    }

    private void tell(int partition, List<OpenGap> open) {
        gaps.now(partition, open);
        listener.missing(partition, open);
    }

    /// What was accepted of what is missing where the chunk begins. Throws `ClickHouseException` when it does not
    /// answer.
    List<Gap> accepted(Chunk chunk) {
        PartitionProducers producers = partitions.get(chunk.partition());
        return producers == null || producers.gaps().isEmpty()
                ? List.of()
                : accepted.of(chunk.log(), chunk.partition());
    }

    /// Everything in these partitions is stored. Where nobody writes any more, no chunk comes with which what was
    /// accepted would be noticed.
    void caughtUp(List<Integer> partitions) {
        Instant now = clock.instant();
        if (now.isBefore(askAgainAt)) {
            return;
        }
        askAgainAt = now.plus(ASK_EVERY);
        for (int partition : partitions) {
            PartitionProducers producers = this.partitions.get(partition);
            if (producers != null && !producers.gaps().isEmpty()) {
                forgive(partition, producers);
            }
        }
    }

    private void forgive(int partition, PartitionProducers producers) {
        try {
            accepted.of(producers.log(), partition).forEach(producers::accept);
            tell(partition, producers.gaps());
        } catch (ClickHouseException | IllegalStateException away) {
            LOG.warn("Which losses were accepted cannot be said at present: {}", away.getMessage());
        }
    }

    /// Takes a chunk's records, once.
    Followed follow(Chunk chunk, List<Gap> forgiven, List<ReadRecord> records) {
        Instant now = clock.instant();
        PartitionProducers producers = partitions.computeIfAbsent(
                chunk.partition(), partition -> PartitionProducers.resumed(chunk.log(), partition, "", false, now));
        forgiven.forEach(producers::accept);
        List<Gap> found = new ArrayList<>();
        int late = 0;
        for (ReadRecord record : records) {
            Stamp stamp = record.stamp();
            if (stamp == null || (record.isReplayed() && !producers.knows(stamp.producer()))) {
                continue;
            }
            switch (producers.observe(stamp, now)) {
                case Seen.AfterGap(Gap gap) -> found.add(gap);
                case Seen.Late came -> late++;
                case Seen.InOrder inOrder -> {}
                case Seen.Repeated repeated -> {}
            }
        }
        return new Followed(chunk.partition(), producers.memory(), producers.gaps(), found, late);
    }

    /// What a chunk's records say of those who wrote them.
    final class Followed {

        private final int partition;
        private final String memory;
        private final List<OpenGap> open;
        private final List<Gap> found;
        private final int late;

        private Followed(int partition, String memory, List<OpenGap> open, List<Gap> found, int late) {
            this.partition = partition;
            this.memory = memory;
            this.open = open;
            this.found = found;
            this.late = late;
        }

        String memory() {
            return memory;
        }

        /// To be called once the chunk is stored for good, before its events are told of.
        void stored() {
            gaps.found(partition, found);
            gaps.cameLate(late);
            tell(partition, open);
        }
    }
}
