package io.weir.analytics.stream;

import io.weir.kafka.BatchedFetches;
import io.weir.kafka.KafkaProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The ledger's topic, read by this instance alone: a consumer without a group, on all partitions, beginning
/// where ingestion has committed. Confined to one thread.
final class LedgerSource implements AutoCloseable {

    private static final Duration BROKER_LIMIT = Duration.ofSeconds(3);
    // What the longest fetch may add to a frame.
    private static final Duration FETCH = Duration.ofMillis(25);

    private final String topic;
    private final String group;
    private final String log;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final Admin admin;
    private final Consumer<String, byte[]> consumer;
    private Horizon horizon;

    /// Throws where the broker is away or the topic is not there yet.
    ///
    /// @param topic full name
    /// @param group that of ingestion
    LedgerSource(KafkaProperties kafka, String topic, String group) throws Exception {
        this.topic = topic;
        this.group = group;
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        this.admin = Admin.create(settings);
        try {
            TopicDescription found = description();
            this.log = topic + "#" + found.topicId();
            found.partitions().forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
            this.consumer = consumer(settings);
        } catch (Exception failure) {
            admin.close(Duration.ZERO);
            throw failure;
        }
        try {
            consumer.assign(partitions);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, BROKER_LIMIT);
            this.horizon = new Horizon(
                    log,
                    partitions.stream().map(one -> begins.getOrDefault(one, 0L)).toList());
            this.horizon = committed();
            partitions.forEach(one -> consumer.seek(one, horizon.end(one.partition())));
        } catch (Exception failure) {
            close();
            throw failure;
        }
    }

    private static Consumer<String, byte[]> consumer(Map<String, Object> client) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "analytics-stream");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.putAll(BatchedFetches.within(FETCH));
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /// The horizon as it was last looked at.
    Horizon horizon() {
        return horizon;
    }

    /// Looks again. Throws [IllegalStateException] when the topic was made anew, or got partitions.
    Horizon lookAtHorizon() throws InterruptedException, ExecutionException, TimeoutException {
        TopicDescription found = description();
        if (!log.equals(topic + "#" + found.topicId()) || found.partitions().size() != partitions.size()) {
            throw new IllegalStateException(topic + " is another one now");
        }
        horizon = committed();
        return horizon;
    }

    ConsumerRecords<String, byte[]> poll(Duration wait) {
        return consumer.poll(wait);
    }

    /// Offsets of the next records to be written, by partition. Asked on another connection than that of the
    /// consumer, whose requests wait behind a fetch that waits for records.
    List<Long> ends() throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(one -> wanted.put(one, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                admin.listOffsets(wanted).all().get(BROKER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        return partitions.stream()
                .map(one -> {
                    ListOffsetsResultInfo end = found.get(one);
                    return end == null ? 0L : end.offset();
                })
                .toList();
    }

    /// Whether everything below these offsets was given out.
    boolean hasRead(List<Long> ends) {
        return partitions.stream().allMatch(one -> consumer.position(one, BROKER_LIMIT) >= ends.get(one.partition()));
    }

    // Never goes back: what was stored once stays stored, even where an operator resets the group.
    private Horizon committed() throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(BROKER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        return new Horizon(
                log,
                partitions.stream()
                        .map(one -> {
                            OffsetAndMetadata at = offsets.get(one);
                            return Math.max(horizon.end(one.partition()), at == null ? 0 : at.offset());
                        })
                        .toList());
    }

    private TopicDescription description() throws InterruptedException, ExecutionException, TimeoutException {
        TopicDescription found = admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(BROKER_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .get(topic);
        if (found == null) {
            throw new IllegalStateException(topic + " does not exist");
        }
        return found;
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
        admin.close(Duration.ZERO);
    }
}
