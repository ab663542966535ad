package io.weir.ledger;

import io.weir.kafka.TenantHeader;
import io.weir.ledger.PendingRecord.State;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Numbers records per partition and hands them to the broker client. All of it runs on the sending thread, so the
/// order within a partition is the order of the numbers; only [#areKnown] and [#highestAcknowledged] are for other
/// threads.
final class PartitionedSender {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionedSender.class);

    private final LedgerWriterOptions options;
    private final String topic;
    private final long epoch;
    private final BiConsumer<PendingRecord, @Nullable Exception> whenEnded;

    // INVARIANT: next[p] is the number of records of partition p that the broker client has taken.
    private long[] next = {};
    private volatile AtomicLongArray acknowledged = new AtomicLongArray(0);

    PartitionedSender(
            LedgerWriterOptions options,
            String topic,
            long epoch,
            BiConsumer<PendingRecord, @Nullable Exception> whenEnded) {
        this.options = options;
        this.topic = topic;
        this.epoch = epoch;
        this.whenEnded = whenEnded;
    }

    boolean areKnown() {
        return count() > 0;
    }

    int count() {
        return acknowledged.length();
    }

    /// -1: none yet.
    long highestAcknowledged(int partition) {
        return acknowledged.get(partition);
    }

    /// Asks for the topic's partitions; waits a second at most.
    void discover(Producer<String, byte[]> producer) {
        if (areKnown()) {
            return;
        }
        try {
            int partitions = producer.partitionsFor(topic).size();
            AtomicLongArray none = new AtomicLongArray(partitions);
            for (int partition = 0; partition < partitions; partition++) {
                none.set(partition, -1);
            }
            next = new long[partitions];
            acknowledged = none;
        } catch (KafkaException notYet) {
            LOG.debug("Partitions of {} not known yet: {}", topic, notYet.toString());
        }
    }

    /// Sends it, unless it was given up meanwhile. Puts it back to waiting when the broker client cannot take it now.
    @SuppressWarnings("FutureReturnValueIgnored")
    void send(Producer<String, byte[]> producer, PendingRecord pending) {
        discover(producer);
        if (!areKnown()) {
            pending.move(State.QUEUED, State.WAITING);
            return;
        }
        if (!pending.move(State.QUEUED, State.SENT)) {
            return;
        }
        int partition = partitionOf(pending);
        Delivery delivery = new Delivery(pending, partition, next[partition]);
        try {
            producer.send(record(pending, partition), delivery);
        } catch (RuntimeException refused) {
            delivery.refused(refused);
        }
        delivery.returned();
        if (!delivery.wasRefused()) {
            next[partition]++;
        }
    }

    /// The partition that Kafka's own partitioner would choose for the tenant's key.
    private int partitionOf(PendingRecord pending) {
        Integer fixed = pending.partition();
        OfRequest request = pending.request();
        if (fixed != null || request == null) {
            return fixed == null ? 0 : fixed;
        }
        byte[] key = request.tenantId().toString().getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(key)) % count();
    }

    private ProducerRecord<String, byte[]> record(PendingRecord pending, int partition) {
        OfRequest request = pending.request();
        TenantId tenant = request == null ? null : request.tenantId();
        UsageRecord usage = new UsageRecord(
                pending.id(),
                options.source(),
                pending.time(),
                tenant,
                options.producerId(),
                epoch,
                next[partition],
                pending.event());
        String key = tenant == null ? options.producerId() : tenant.toString();
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, partition, key, LedgerCodec.write(usage));
        if (tenant != null) {
            TenantHeader.stamp(record.headers(), tenant);
        }
        pending.stamp().accept(record.headers());
        return record;
    }

    /// What became of one record. The broker client reports some refusals by callback, within `send` itself.
    private final class Delivery implements Callback {

        private final PendingRecord pending;
        private final int partition;
        private final long sequence;
        private final long sending = Thread.currentThread().threadId();
        private boolean returned;
        private @Nullable Exception refusal;

        Delivery(PendingRecord pending, int partition, long sequence) {
            this.pending = pending;
            this.partition = partition;
            this.sequence = sequence;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null && Thread.currentThread().threadId() == sending && !returned) {
                refused(failure);
                return;
            }
            if (failure == null) {
                acknowledged.accumulateAndGet(partition, sequence, Math::max);
            }
            whenEnded.accept(pending, failure);
        }

        void refused(Exception failure) {
            refusal = failure;
        }

        boolean wasRefused() {
            return refusal != null;
        }

        void returned() {
            returned = true;
            if (refusal instanceof RetriableException) {
                pending.move(State.SENT, State.WAITING);
            } else if (refusal != null) {
                whenEnded.accept(pending, refusal);
            }
        }
    }
}
