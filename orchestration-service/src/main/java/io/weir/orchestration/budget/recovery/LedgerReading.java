package io.weir.orchestration.budget.recovery;

import io.weir.kafka.KafkaProperties;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.MalformedUsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the ledger from some instant on, to where it ends at each call. For one thread.
final class LedgerReading implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerReading.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LeaseUse use = new LeaseUse();

    private LedgerReading(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    static LedgerReading since(Instant begin, KafkaProperties kafka) {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "budget-recovery");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.topic(LedgerWriter.TOPIC)).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .toList();
            consumer.assign(partitions);
            // Taken first: nothing that arrives meanwhile is missed.
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(
                    partitions.stream().collect(Collectors.toMap(one -> one, one -> begin.toEpochMilli())));
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp offset = offsets.get(partition);
                consumer.seek(partition, offset == null ? ends.get(partition) : offset.offset());
            }
            return new LedgerReading(consumer);
        } catch (RuntimeException unreachable) {
            consumer.close();
            throw unreachable;
        }
    }

    /// What all that was in the ledger at this call says. Throws when that cannot be read in time.
    LeaseUse upToNow() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the ledger was not read to its end within " + LIMIT);
            }
            consumer.poll(POLL).forEach(this::take);
        }
        return use;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            use.take(LedgerCodec.read(record.value()).data());
        } catch (MalformedUsageException unreadable) {
            LOG.warn("A record of {} at {} is no usage event", record.topic(), record.offset());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
