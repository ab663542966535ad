package io.weir.analytics.sealing;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Up to which event time each partition is complete: the slowest of its live producers decides.
///
/// Ticks and events move a producer; a `last` tick ends it; one that shows no sign of life for a time is dead. Silence
/// is counted only while the partition is read to its end, so that a backlog never looks like silence. After a
/// partition was assigned, a producer that nobody has heard yet may be alive, hence no watermark until that silence
/// has passed once. While events are missing, nothing that happened at their time or later is complete. Without any
/// live producer, the wall clock less the silence stands in. Safe for use by many threads.
final class Watermarks {

    private final Duration silence;
    private final Map<Integer, Partition> partitions = new HashMap<>();

    Watermarks(Duration silence) {
        this.silence = silence;
    }

    /// These partitions and no others are read from now on.
    synchronized void assigned(List<Integer> all, Instant now) {
        partitions.keySet().retainAll(all);
        all.forEach(partition -> partitions.computeIfAbsent(partition, absent -> new Partition(now)));
    }

    /// An event or tick is stored. A time ahead of `now` counts as now: a clock that runs ahead must not close hours.
    synchronized void observed(int partition, String producer, long epoch, Instant time, boolean last, Instant now) {
        Partition known = partitions.get(partition);
        if (known != null) {
            known.observed(producer, epoch, time.isAfter(now) ? now : time, last, now);
        }
    }

    /// Events are missing that did not happen before that time; `Instant.MAX`: nothing is missing.
    synchronized void missing(int partition, Instant since) {
        Partition known = partitions.get(partition);
        if (known != null) {
            known.missingSince = since;
        }
    }

    /// All that the partition held at `now` is stored.
    synchronized void caughtUp(int partition, Instant now) {
        Partition known = partitions.get(partition);
        if (known != null) {
            known.caughtUp(now);
        }
    }

    /// The time before which every partition is complete; empty while one of them cannot say. Never moves back while
    /// the assignment stays the same.
    synchronized Optional<Instant> lowest() {
        Instant lowest = null;
        for (Partition partition : partitions.values()) {
            Instant watermark = partition.watermark;
            if (watermark == null) {
                return Optional.empty();
            }
            lowest = lowest == null || watermark.isBefore(lowest) ? watermark : lowest;
        }
        return Optional.ofNullable(lowest);
    }

    private record Producer(long epoch, Instant time, Instant seenAt) {}

    private final class Partition {

        private final Instant assignedAt;
        private final Map<String, Producer> producers = new HashMap<>();
        private Instant missingSince = Instant.MAX;
        private @Nullable Instant watermark;

        Partition(Instant assignedAt) {
            this.assignedAt = assignedAt;
        }

        void observed(String name, long epoch, Instant time, boolean last, Instant now) {
            Producer before = producers.get(name);
            if (before != null && before.epoch > epoch) {
                return;
            }
            if (last) {
                producers.remove(name);
                return;
            }
            // Within an epoch a producer's time never goes back.
            Instant reached = before != null && before.epoch == epoch && before.time.isAfter(time) ? before.time : time;
            producers.put(name, new Producer(epoch, reached, now));
        }

        void caughtUp(Instant now) {
            producers.values().removeIf(producer -> isSilent(producer.seenAt, now));
            if (!isSilent(assignedAt, now)) {
                return;
            }
            Instant next = producers.values().stream()
                    .map(Producer::time)
                    .min(Instant::compareTo)
                    .orElse(now.minus(silence));
            if (next.isAfter(missingSince)) {
                next = missingSince;
            }
            if (watermark == null || next.isAfter(watermark)) {
                watermark = next;
            }
        }

        private boolean isSilent(Instant since, Instant now) {
            return since.plus(silence).isBefore(now);
        }
    }
}
