package io.weir.orchestration.budget.recovery;

import io.weir.kafka.KafkaProperties;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.LedgerWriter;
import io.weir.ledger.MalformedUsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the ledger from some instant on, as far as it goes, in as many steps as that takes. For one thread.
final class LedgerReading implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerReading.class);
    private static final Duration POLL = Duration.ofMillis(200);
    // Between the clocks of database and brokers; and of database and producers, where these stamp the records.
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final Duration PRODUCERS_SKEW = Duration.ofMinutes(15);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Instant oldest;
    private final Set<String> leases;
    private LeaseUse use;
    private boolean widened;
    // Where it has to get, of the time that it was last complete; empty: it is.
    private Map<TopicPartition, Long> ends = Map.of();

    private LedgerReading(KafkaConsumer<byte[], byte[]> consumer, Instant oldest, Set<String> leases) {
        this.consumer = consumer;
        this.oldest = oldest;
        this.leases = Set.copyOf(leases);
        this.use = new LeaseUse(leases);
    }

    /// @param oldest when the first of the leases began, by the database's clock
    static LedgerReading since(Instant oldest, Set<String> leases, KafkaProperties kafka) {
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "budget-recovery");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer.assign(consumer.partitionsFor(kafka.topic(LedgerWriter.TOPIC)).stream()
                    .map(one -> new TopicPartition(one.topic(), one.partition()))
                    .toList());
            LedgerReading reading = new LedgerReading(consumer, oldest, leases);
            reading.begin(oldest.minus(SKEW));
            return reading;
        } catch (RuntimeException unreachable) {
            consumer.close();
            throw unreachable;
        }
    }

    private void begin(Instant from) {
        Set<TopicPartition> partitions = consumer.assignment();
        // Taken first: nothing that arrives meanwhile is missed.
        Map<TopicPartition, Long> now = consumer.endOffsets(partitions);
        Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(one -> one, one -> from.toEpochMilli())));
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp offset = offsets.get(partition);
            consumer.seek(partition, offset == null ? now.get(partition) : offset.offset());
        }
        use = new LeaseUse(leases);
        ends = now;
    }

    boolean covers(Set<String> others) {
        return leases.containsAll(others);
    }

    /// Reads on for at most that long. True: it has got to where the ledger ended when it was last asked for anew;
    /// false: it goes on from here at the next call.
    boolean readOn(Duration limit) {
        if (ends.isEmpty()) {
            ends = consumer.endOffsets(consumer.assignment());
        }
        long deadline = System.nanoTime() + limit.toNanos();
        // Something is read at each call, however short the time.
        while (!isAtEnd()) {
            take(consumer.poll(POLL));
            if (System.nanoTime() - deadline > 0 && !isAtEnd()) {
                return false;
            }
        }
        ends = Map.of();
        return true;
    }

    private boolean isAtEnd() {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /// What all that was read says.
    LeaseUse use() {
        return use;
    }

    // Where producers stamp the records it begins again, further back: one's clock may be behind.
    private void take(ConsumerRecords<byte[], byte[]> records) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!widened && record.timestampType() == TimestampType.CREATE_TIME) {
                widened = true;
                begin(oldest.minus(PRODUCERS_SKEW));
                return;
            }
            take(record);
        }
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
