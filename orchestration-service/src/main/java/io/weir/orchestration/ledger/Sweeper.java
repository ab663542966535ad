package io.weir.orchestration.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.OpenHolds;
import io.weir.ledger.OpenHolds.Open;
import io.weir.ledger.SpillNotice;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Recovers holds that expired and whose settlement is not in their partition. Those of a process that has events in
/// its write-ahead file are left alone: the true settlement may lie there. After a stated time they are recovered all
/// the same, and counted apart. While nobody can say who has such a file, nothing is recovered. For one thread.
final class Sweeper {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);

    private final ObjIntConsumer<Open> recovery;
    private final SpillNotice notice;
    private final Duration grace;
    private final Duration spillingLimit;
    private final BooleanSupplier ready;
    private final Counter givenUp;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<String, Instant> recovering = new HashMap<>();
    private final Map<TopicPartition, Question> questions = new HashMap<>();
    private Instant steadySince = Instant.MAX;

    /// Answered once the partition is read to its end of then: what was not resolved by then will not be, save by those
    /// who were spilling.
    ///
    /// @param holds the partition's
    /// @param spilling since when, asked before the end
    /// @param latest expiry of what it is about
    private record Question(OpenHolds holds, Map<String, Instant> spilling, long end, Instant latest) {

        List<Open> expired() {
            return holds.expired(latest).stream()
                    .filter(hold -> hold.offset() < end)
                    .toList();
        }
    }

    /// @param recovery of a hold in a partition
    /// @param notice says who has events in a file
    /// @param grace after a hold's expiry until it is recovered; longer than clocks differ
    /// @param spillingLimit how long such a producer is waited for
    /// @param ready false while this process may still have settlements of its own to deliver
    Sweeper(
            ObjIntConsumer<Open> recovery,
            SpillNotice notice,
            Duration grace,
            Duration spillingLimit,
            BooleanSupplier ready,
            MeterRegistry registry) {
        this.recovery = recovery;
        this.notice = notice;
        this.grace = grace;
        this.spillingLimit = spillingLimit;
        this.ready = ready;
        this.givenUp = registry.counter("weir.ledger.recovered.spilling");
        registry.gauge("weir.ledger.waiting.holds", waiting);
    }

    /// The broker was away, or may have been. When it is back, those who live first write what they could not write
    /// meanwhile.
    void disturbed(Instant now) {
        steadySince = now;
        questions.clear();
    }

    /// @param followed the partitions that are this process's, as far as they were read
    void sweep(Consumer<?, ?> consumer, Map<TopicPartition, OpenHolds> followed, Instant now) {
        recovering.values().removeIf(since -> since.plus(AGAIN_AFTER).isBefore(now));
        Instant latest = now.minus(grace);
        List<TopicPartition> due = followed.entrySet().stream()
                .filter(entry -> !entry.getValue().expired(latest).isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        questions.keySet().retainAll(due);
        if (due.isEmpty()) {
            waiting.set(0);
            return;
        }
        try {
            // Asked first: what a producer had in its file is in the partition before it is not named any more.
            Map<String, Instant> spilling = spilling();
            // Asked for, not remembered: a settlement may lie in what was not read yet.
            Map<TopicPartition, Long> ends = consumer.endOffsets(due, ANSWER);
            if (ready.getAsBoolean() && !now.isBefore(steadySince.plus(grace))) {
                int left = 0;
                for (TopicPartition partition : due) {
                    OpenHolds holds = followed.get(partition);
                    if (holds != null) {
                        long end = ends.getOrDefault(partition, Long.MAX_VALUE);
                        Question asked = new Question(holds, spilling, end, latest);
                        left += sweep(partition, asked, consumer.position(partition, ANSWER), now);
                    }
                }
                waiting.set(left);
            } else {
                questions.clear();
            }
        } catch (KafkaException away) {
            disturbed(now);
        } catch (RuntimeException unknown) {
            LOG.warn("No hold is recovered in this round: {}", unknown.toString());
        }
    }

    private Map<String, Instant> spilling() {
        Map<String, Instant> spilling = notice.spilling().block(ANSWER);
        return spilling == null ? Map.of() : spilling;
    }

    // Under load the end moves on before it is asked for: then it is that of a round before. How many were left alone.
    private int sweep(TopicPartition partition, Question asked, long position, Instant now) {
        Question before = questions.get(partition);
        if (before != null && before.holds() != asked.holds()) {
            before = null;
        }
        Question answered = position >= asked.end() || before == null ? asked : before;
        Map<String, Instant> spilling = eitherOf(answered.spilling(), asked.spilling());
        if (position < answered.end()) {
            questions.put(partition, answered);
            return (int) answered.expired().stream()
                    .filter(hold -> isWaitedFor(hold, spilling, now))
                    .count();
        }
        questions.put(partition, asked);
        return sweep(partition, answered.expired(), spilling, now);
    }

    // Who could not say before the end that it has a file, being cut off from the database too, may have said it since.
    private static Map<String, Instant> eitherOf(Map<String, Instant> before, Map<String, Instant> since) {
        Map<String, Instant> all = new HashMap<>(before);
        since.forEach(
                (producer, instant) -> all.merge(producer, instant, (one, other) -> one.isAfter(other) ? one : other));
        return all;
    }

    private boolean isWaitedFor(Open hold, Map<String, Instant> spilling, Instant now) {
        Instant since = spilling.get(hold.holder().id());
        return since != null && now.isBefore(since.plus(spillingLimit));
    }

    /// How many were left alone.
    private int sweep(TopicPartition partition, List<Open> expired, Map<String, Instant> spilling, Instant now) {
        int left = 0;
        for (Open hold : expired) {
            if (isWaitedFor(hold, spilling, now)) {
                left++;
            } else if (recovering.putIfAbsent(hold.held().requestId(), now) == null) {
                recover(hold, partition, spilling.containsKey(hold.holder().id()));
            }
        }
        return left;
    }

    // What one hold meets is no reason to leave the others.
    private void recover(Open hold, TopicPartition partition, boolean spilling) {
        try {
            if (spilling) {
                givenUp.increment();
                LOG.error("{} did not deliver its file within {}", hold.holder().id(), spillingLimit);
            }
            recovery.accept(hold, partition.partition());
        } catch (RuntimeException defect) {
            LOG.error("Request {} cannot be recovered", hold.held().requestId(), defect);
        }
    }
}
