package io.weir.ledger;

import io.weir.ledger.UsageEvent.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Follows the numbers that producers stamp on one partition's records, in the order of the partition: names what is
/// missing, recognises what was sent again, and knows who still writes. For one thread at a time.
public final class ProducerSequences {

    /// Silent for so long, a producer counts as dead; its ticks come every five seconds.
    public static final Duration SILENCE = Duration.ofSeconds(60);

    // Restarts would add up.
    private static final Duration FORGOTTEN = Duration.ofDays(2);

    private final boolean fromBeginning;
    private final Map<Producer, Followed> followed = new HashMap<>();
    private final List<Gap> gaps = new ArrayList<>();

    private ProducerSequences(boolean fromBeginning) {
        this.fromBeginning = fromBeginning;
    }

    /// For a consumer that reads the partition from its first record: all of a producer's records are expected.
    public static ProducerSequences fromBeginning() {
        return new ProducerSequences(true);
    }

    /// For a consumer that begins somewhere: what came before a producer's first record here is not missed.
    public static ProducerSequences fromHere() {
        return new ProducerSequences(false);
    }

    /// For a consumer that goes on where an earlier one stopped.
    ///
    /// @param fromBeginning whether all records of producers that it did not know are expected
    /// @param now from when on the silence of producers is measured
    public static ProducerSequences resumed(
            boolean fromBeginning, List<Position> positions, List<Gap> gaps, Instant now) {
        ProducerSequences resumed = new ProducerSequences(fromBeginning);
        for (Position position : positions) {
            Followed known = new Followed(position.highest(), now);
            known.lastEvent = position.lastEvent();
            known.closed = position.closed();
            resumed.followed.put(position.producer(), known);
        }
        resumed.gaps.addAll(gaps);
        return resumed;
    }

    /// How far a producer is.
    ///
    /// @param highest number seen of it
    /// @param lastEvent when its last event happened; null: not known
    /// @param closed whether it said goodbye
    public record Position(
            Producer producer, long highest, @Nullable Instant lastEvent, boolean closed) {}

    /// One life of a writing process. A higher epoch of the same id is its next life.
    public record Producer(String id, long epoch) {}

    /// Records that were stamped and are not in the partition: a named loss, or to come as long as it is not `lost`.
    ///
    /// @param from first missing number
    /// @param to last missing number
    public record Gap(Producer producer, long from, long to) {

        public long count() {
            return to - from + 1;
        }
    }

    /// What a record's number says.
    public sealed interface Seen {

        /// The next one.
        record InOrder() implements Seen {}

        /// It was here before: sent again after a crash. It says nothing new.
        record Repeated() implements Seen {}

        /// Some are missing before it. Named once.
        record AfterGap(Gap gap) implements Seen {}

        /// One that was missing has come after all.
        record Late(Gap gap) implements Seen {}
    }

    private static final class Followed {

        private long highest;
        private Instant lastSeen;
        private @Nullable Instant lastEvent;
        private boolean closed;

        Followed(long highest, Instant lastSeen) {
            this.highest = highest;
            this.lastSeen = lastSeen;
        }
    }

    /// Takes the partition's next record.
    ///
    /// @param now by the consumer's clock; it measures the silence of producers
    public Seen observe(UsageRecord usage, Instant now) {
        boolean last = usage.data() instanceof Tick tick && tick.last();
        Producer producer = new Producer(usage.producerid(), usage.producerepoch());
        return observe(producer, usage.producersequence(), usage.time(), last, now);
    }

    /// Takes the partition's next record, of which no more may be readable than who wrote it.
    ///
    /// @param time of its event
    /// @param last whether its producer says goodbye with it
    public Seen observe(Producer producer, long sequence, Instant time, boolean last, Instant now) {
        Followed known = followed.get(producer);
        if (known == null) {
            followed.entrySet()
                    .removeIf(old ->
                            Duration.between(old.getValue().lastSeen, now).compareTo(FORGOTTEN) > 0
                                    && !lacks(old.getKey()));
            known = new Followed(fromBeginning ? -1 : sequence - 1, now);
            followed.put(producer, known);
        }
        known.lastSeen = now;
        known.lastEvent = time;
        if (last) {
            known.closed = true;
        }
        return follow(producer, known, sequence);
    }

    // What is missing stays known until it comes or somebody deals with it.
    private boolean lacks(Producer producer) {
        return gaps.stream().anyMatch(gap -> gap.producer().equals(producer));
    }

    private Seen follow(Producer producer, Followed known, long sequence) {
        if (sequence <= known.highest) {
            return late(producer, sequence);
        }
        long expected = known.highest + 1;
        known.highest = sequence;
        if (sequence == expected) {
            return new Seen.InOrder();
        }
        Gap gap = new Gap(producer, expected, sequence - 1);
        gaps.add(gap);
        return new Seen.AfterGap(gap);
    }

    private Seen late(Producer producer, long sequence) {
        Iterator<Gap> open = gaps.iterator();
        while (open.hasNext()) {
            Gap gap = open.next();
            if (gap.producer().equals(producer) && gap.from() <= sequence && sequence <= gap.to()) {
                open.remove();
                keep(new Gap(producer, gap.from(), sequence - 1));
                keep(new Gap(producer, sequence + 1, gap.to()));
                return new Seen.Late(gap);
            }
        }
        return new Seen.Repeated();
    }

    private void keep(Gap rest) {
        if (rest.from() <= rest.to()) {
            gaps.add(rest);
        }
    }

    /// How far each producer is that was heard of here in the last days.
    public List<Position> positions() {
        return followed.entrySet().stream()
                .map(entry -> new Position(
                        entry.getKey(), entry.getValue().highest, entry.getValue().lastEvent, entry.getValue().closed))
                .toList();
    }

    /// How far it is; null: nobody of that name was heard of.
    public @Nullable Position position(Producer producer) {
        Followed known = followed.get(producer);
        return known == null ? null : new Position(producer, known.highest, known.lastEvent, known.closed);
    }

    /// What is missing at present. Of a process that died it may still come: its next life sends first what it left.
    public List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /// Somebody has dealt with it: it is not named any more.
    public void forget(Gap gap) {
        gaps.remove(gap);
    }

    /// Those that may write more: they have not said goodbye, no later life of theirs has begun, and they were heard of
    /// in the last minute.
    public List<Producer> alive(Instant now) {
        return followed.entrySet().stream()
                .filter(entry -> isAlive(entry.getKey(), entry.getValue(), now))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Whether it may write more.
    public boolean isAlive(Producer producer, Instant now) {
        Followed known = followed.get(producer);
        return known != null && isAlive(producer, known, now);
    }

    private boolean isAlive(Producer producer, Followed known, Instant now) {
        return !known.closed
                && Duration.between(known.lastSeen, now).compareTo(SILENCE) < 0
                && followed.keySet().stream()
                        .noneMatch(other -> other.id().equals(producer.id()) && other.epoch() > producer.epoch());
    }

    /// Those that ended without a goodbye: silent for a minute, or followed by their next life.
    public List<Producer> dead(Instant now) {
        return followed.entrySet().stream()
                .filter(entry -> !entry.getValue().closed && !isAlive(entry.getKey(), entry.getValue(), now))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Before it, nobody alive will write anything: the earliest of their last events' times. Null: nobody is alive, so
    /// that nothing is known.
    public @Nullable Instant watermark(Instant now) {
        Instant earliest = null;
        for (Producer producer : alive(now)) {
            Followed known = followed.get(producer);
            Instant last = known == null ? null : known.lastEvent;
            if (last != null && (earliest == null || last.isBefore(earliest))) {
                earliest = last;
            }
        }
        return earliest;
    }
}
