package io.weir.local.prove.stores;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Of every record of every partition, with its offset, time and headers, of the topics' identities, and of how far
/// each
/// group of consumers has come.
public final class KafkaSums {

    private static final long SECONDS = 30;
    private static final Duration POLL = Duration.ofMillis(300);

    private KafkaSums() {}

    /// Offsets and sum by partition, and each group's offsets.
    public static Map<String, String> of(String broker)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, String> sums = new TreeMap<>();
        Map<String, Object> client = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        try (Admin admin = Admin.create(client);
                KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<String> names = admin.listTopics().names().get(SECONDS, TimeUnit.SECONDS);
            Map<String, TopicDescription> topics =
                    admin.describeTopics(names).allTopicNames().get(SECONDS, TimeUnit.SECONDS);
            for (TopicDescription topic : topics.values()) {
                sums.put(topic.name(), topic.topicId().toString());
                List<TopicPartition> partitions = topic.partitions().stream()
                        .map(one -> new TopicPartition(topic.name(), one.partition()))
                        .toList();
                read(consumer, partitions, sums);
            }
            for (GroupListing group : admin.listGroups().all().get(SECONDS, TimeUnit.SECONDS)) {
                Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group.groupId())
                        .partitionsToOffsetAndMetadata()
                        .get(SECONDS, TimeUnit.SECONDS);
                offsets.forEach((partition, offset) -> sums.put(
                        "group " + group.groupId() + " " + partition, offset.offset() + " " + offset.metadata()));
            }
        }
        return sums;
    }

    private static void read(
            KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Map<String, String> sums) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, MessageDigest> digests = new HashMap<>();
        partitions.forEach(partition -> digests.put(partition, sha256()));
        while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
            for (ConsumerRecord<byte[], byte[]> one : consumer.poll(POLL)) {
                add(one, Objects.requireNonNull(digests.get(new TopicPartition(one.topic(), one.partition()))));
            }
        }
        digests.forEach((partition, digest) -> sums.put(
                partition.toString(),
                first.get(partition) + " to " + ends.get(partition) + ", "
                        + HexFormat.of().formatHex(digest.digest())));
    }

    private static void add(ConsumerRecord<byte[], byte[]> source, MessageDigest digest) {
        digest.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(source.offset())
                .putLong(source.timestamp())
                .array());
        add(source.key(), digest);
        add(source.value(), digest);
        for (Header header : source.headers()) {
            add(header.key().getBytes(StandardCharsets.UTF_8), digest);
            add(header.value(), digest);
        }
    }

    // With its length: the end of one is not the beginning of the next.
    private static void add(byte @Nullable [] bytes, MessageDigest digest) {
        digest.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(bytes == null ? -1 : bytes.length)
                .array());
        if (bytes != null) {
            digest.update(bytes);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
