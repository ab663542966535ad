package io.weir.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands numbered records to the broker client, each partition's in the order of their numbers. What the client does
/// not
/// take now stays at the head of its lane. Lanes are filled under the writer's order and emptied on the sending thread;
/// the rest is for any thread.
final class PartitionedSender {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionedSender.class);

    private final String topic;
    private final BiConsumer<PendingRecord, @Nullable Exception> whenEnded;
    private volatile Lane[] lanes = {};

    /// One partition. Its sequence is read and raised under the writer's order.
    private static final class Lane {

        private final Queue<PendingRecord> unsent = new ConcurrentLinkedQueue<>();
        private final AtomicLong acknowledged = new AtomicLong(-1);
        private long next;
    }

    /// @param whenEnded told what became of each record
    PartitionedSender(String topic, BiConsumer<PendingRecord, @Nullable Exception> whenEnded) {
        this.topic = topic;
        this.whenEnded = whenEnded;
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

    /// The partition that Kafka's own partitioner would choose for the key.
    int partitionOf(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % count();
    }

    /// The partition's next number. Under the writer's order; the record must be put into its lane under the same.
    long number(int partition) {
        return lanes[partition].next++;
    }

    /// Under the writer's order.
    void add(PendingRecord pending) {
        lanes[pending.partition()].unsent.add(pending);
    }

    /// Asks for the topic's partitions; waits a second at most.
    ///
    /// @param first what was left by a process before this one, which goes before all else
    void discover(Producer<String, byte[]> producer, Collection<PendingRecord> first) {
        if (areKnown()) {
            return;
        }
        try {
            Lane[] found = new Lane[producer.partitionsFor(topic).size()];
            for (int partition = 0; partition < found.length; partition++) {
                found[partition] = new Lane();
            }
            for (PendingRecord pending : first) {
                if (pending.partition() < found.length) {
                    found[pending.partition()].unsent.add(pending);
                } else {
                    whenEnded.accept(pending, new IllegalStateException("no partition " + pending.partition()));
                }
            }
            lanes = found;
        } catch (KafkaException notYet) {
            LOG.debug("Partitions of {} not known yet: {}", topic, notYet.toString());
        }
    }

    /// Sends what waits, as far as the broker client takes it.
    void pump(Producer<String, byte[]> producer) {
        for (Lane lane : lanes) {
            PendingRecord head = lane.unsent.peek();
            while (head != null && send(producer, lane, head)) {
                lane.unsent.remove();
                head = lane.unsent.peek();
            }
        }
    }

    /// False: not now.
    @SuppressWarnings("FutureReturnValueIgnored")
    private boolean send(Producer<String, byte[]> producer, Lane lane, PendingRecord pending) {
        Delivery delivery = new Delivery(lane, pending);
        try {
            producer.send(pending.record(), delivery);
        } catch (RuntimeException refused) {
            delivery.refused(refused);
        }
        return delivery.wasTaken();
    }

    /// What became of one record. The broker client reports some refusals by callback, within `send` itself.
    private final class Delivery implements Callback {

        private final Lane lane;
        private final PendingRecord pending;
        private final long sending = Thread.currentThread().threadId();
        private boolean returned;
        private @Nullable Exception refusal;

        Delivery(Lane lane, PendingRecord pending) {
            this.lane = lane;
            this.pending = pending;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null && Thread.currentThread().threadId() == sending && !returned) {
                refused(failure);
                return;
            }
            if (failure == null) {
                lane.acknowledged.accumulateAndGet(pending.sequence(), Math::max);
            }
            whenEnded.accept(pending, failure);
        }

        void refused(Exception failure) {
            refusal = failure;
        }

        boolean wasTaken() {
            returned = true;
            if (refusal instanceof RetriableException) {
                return false;
            }
            if (refusal != null) {
                whenEnded.accept(pending, refusal);
            }
            return true;
        }
    }
}
