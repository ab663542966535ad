package io.weir.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands numbered records to the broker client, each partition's in the order of their numbers. What the client does
/// not take now, or has not delivered when it failed, is at the head of its lane again. Lanes are filled under the
/// writer's order and emptied on the sending thread; the rest is for any thread.
final class PartitionedSender {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionedSender.class);
    private static final long LOOK_FOR_MORE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String topic;
    private final Outcomes outcomes;
    private final Queue<PendingRecord> adopted = new ConcurrentLinkedQueue<>();
    private volatile Lane[] lanes = {};
    private volatile int hashed;

    private volatile boolean broken;
    private volatile @Nullable Producer<String, byte[]> ended;

    // Of the sending thread.
    private long looked;

    /// Told what became of records.
    interface Outcomes {

        void delivered(PendingRecord pending);

        /// The record itself is why it can never be delivered.
        void unsendable(PendingRecord pending, Exception why);

        /// The broker client failed. What it had not delivered waits in its lane until there is another client.
        void clientFailed();
    }

    /// One partition. Its sequence is read and raised under the writer's order.
    private static final class Lane {

        private final NavigableMap<Long, PendingRecord> unsent = new ConcurrentSkipListMap<>();
        private final AtomicLong acknowledged = new AtomicLong(-1);
        private long next;

        void put(PendingRecord pending) {
            unsent.put(pending.sequence(), pending);
        }
    }

    PartitionedSender(String topic, Outcomes outcomes) {
        this.topic = topic;
        this.outcomes = outcomes;
    }

    boolean areKnown() {
        return count() > 0;
    }

    int count() {
        return lanes.length;
    }

    /// -1: none yet.
    long highestAcknowledged(int partition) {
        return lanes[partition].acknowledged.get();
    }

    /// The partition that Kafka's own partitioner would choose for the key among those that there were when this
    /// process began: all that it says of a request is in one, also where partitions are added meanwhile.
    int partitionOf(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % hashed;
    }

    /// The partition's next number. Under the writer's order; the record must be put into its lane under the same.
    long number(int partition) {
        return lanes[partition].next++;
    }

    /// Under the writer's order.
    void add(PendingRecord pending) {
        lanes[pending.partition()].put(pending);
    }

    /// What another process left: it goes before what has a number of this one's.
    void adopt(PendingRecord inherited) {
        adopted.add(inherited);
    }

    /// Whether the client that the records were handed to has failed, so that another is needed.
    boolean isBroken() {
        return broken;
    }

    /// There is another client.
    void mended() {
        broken = false;
    }

    /// Sends what waits, as far as the broker client takes it. On the sending thread; waits a second at most where the
    /// topic's partitions are not known.
    void pump(Producer<String, byte[]> producer) {
        discover(producer);
        if (!areKnown()) {
            return;
        }
        PendingRecord inherited = adopted.poll();
        while (inherited != null) {
            if (inherited.partition() < count()) {
                add(inherited);
            } else {
                outcomes.unsendable(inherited, new IllegalStateException("no partition " + inherited.partition()));
            }
            inherited = adopted.poll();
        }
        for (Lane lane : lanes) {
            pump(producer, lane);
        }
    }

    private void pump(Producer<String, byte[]> producer, Lane lane) {
        Map.Entry<Long, PendingRecord> head = lane.unsent.pollFirstEntry();
        while (head != null) {
            if (broken || !send(producer, lane, head.getValue())) {
                lane.put(head.getValue());
                return;
            }
            head = lane.unsent.pollFirstEntry();
        }
    }

    private void discover(Producer<String, byte[]> producer) {
        long now = System.nanoTime();
        if (areKnown() && now - looked < LOOK_FOR_MORE_NANOS) {
            return;
        }
        looked = now;
        try {
            int found = producer.partitionsFor(topic).size();
            Lane[] before = lanes;
            if (found > before.length) {
                Lane[] all = Arrays.copyOf(before, found);
                Arrays.setAll(all, partition -> partition < before.length ? before[partition] : new Lane());
                hashed = before.length == 0 ? found : hashed;
                lanes = all;
            }
        } catch (KafkaException | IllegalStateException notYet) {
            LOG.debug("Partitions of {} not known yet: {}", topic, notYet.toString());
        }
    }

    /// False: not now.
    @SuppressWarnings("FutureReturnValueIgnored")
    private boolean send(Producer<String, byte[]> producer, Lane lane, PendingRecord pending) {
        ProducerRecord<String, byte[]> content;
        try {
            content = pending.record();
        } catch (RuntimeException unwritable) {
            outcomes.unsendable(pending, unwritable);
            return true;
        }
        Delivery delivery = new Delivery(producer, lane, pending);
        try {
            producer.send(content, delivery);
        } catch (RuntimeException refused) {
            delivery.refused(refused);
        }
        return delivery.wasTaken();
    }

    private static boolean isOfTheRecord(Exception failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof InvalidTimestampException
                || failure instanceof SerializationException;
    }

    /// What became of one record. The broker client reports some refusals by callback, within `send` itself.
    private final class Delivery implements Callback {

        private final Producer<String, byte[]> producer;
        private final Lane lane;
        private final PendingRecord pending;
        private final long sending = Thread.currentThread().threadId();
        private boolean returned;
        private @Nullable Exception refusal;

        Delivery(Producer<String, byte[]> producer, Lane lane, PendingRecord pending) {
            this.producer = producer;
            this.lane = lane;
            this.pending = pending;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure == null) {
                lane.acknowledged.accumulateAndGet(pending.sequence(), Math::max);
                outcomes.delivered(pending);
            } else if (Thread.currentThread().threadId() == sending && !returned) {
                refused(failure);
            } else if (isOfTheRecord(failure)) {
                outcomes.unsendable(pending, failure);
            } else {
                failed(failure);
                endNow();
                lane.put(pending);
            }
        }

        private void failed(Exception failure) {
            boolean first = !broken;
            broken = true;
            if (first) {
                LOG.warn("The broker client failed at {} and is replaced", pending.id(), failure);
            }
            outcomes.clientFailed();
        }

        // Else it would go on with the batches behind this record's, also where it is known to be broken because it
        // refused another. Once: it then fails all that it has. On its own thread that waits for nothing.
        private void endNow() {
            if (producer.equals(ended)) {
                return;
            }
            ended = producer;
            try {
                producer.close(Duration.ZERO);
            } catch (RuntimeException notClosed) {
                LOG.warn("The broker client that failed was not closed", notClosed);
            }
        }

        void refused(Exception failure) {
            refusal = failure;
        }

        boolean wasTaken() {
            returned = true;
            Exception refused = refusal;
            if (refused == null) {
                return true;
            }
            if (isOfTheRecord(refused)) {
                outcomes.unsendable(pending, refused);
                return true;
            }
            if (!(refused instanceof RetriableException)) {
                failed(refused);
            }
            return false;
        }
    }
}
