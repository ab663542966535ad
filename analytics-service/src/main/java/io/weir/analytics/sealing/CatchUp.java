package io.weir.analytics.sealing;

import io.weir.kafka.KafkaProperties;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Waits until everything that a topic holds now is stored, by whichever instance: offsets are committed only after
/// their rows are in ClickHouse.
public final class CatchUp implements AutoCloseable {

    private static final int BROKER_SECONDS = 5;
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(50);

    private final String topic;
    private final String group;
    private final Duration limit;
    private final Admin admin;

    /// @param topic full name
    /// @param group the consumer group that stores it
    public CatchUp(KafkaProperties kafka, String topic, String group, Duration limit) {
        this.topic = topic;
        this.group = group;
        this.limit = limit;
        Map<String, Object> settings = new HashMap<>(kafka.client());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        this.admin = Admin.create(settings);
    }

    /// Fails with a 503 problem when it takes too long.
    Mono<Void> await() {
        return Mono.fromCallable(this::ends)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(ends -> Mono.fromCallable(() -> isStored(ends))
                        .subscribeOn(Schedulers.boundedElastic())
                        .filter(stored -> stored)
                        .repeatWhenEmpty(again -> again.delayElements(LOOK_AGAIN_AFTER)))
                .timeout(limit)
                .onErrorMap(
                        failure -> !(failure instanceof PlatformException),
                        failure -> new PlatformException(
                                ProblemType.SERVICE_UNAVAILABLE,
                                "Usage is not ingested up to now yet. Try again in a moment.",
                                failure))
                .then();
    }

    private Map<TopicPartition, Long> ends() throws InterruptedException, ExecutionException, TimeoutException {
        TopicDescription description = admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(BROKER_SECONDS, TimeUnit.SECONDS)
                .get(topic);
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        if (description != null) {
            description
                    .partitions()
                    .forEach(partition ->
                            wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        Map<TopicPartition, ListOffsetsResultInfo> found =
                admin.listOffsets(wanted).all().get(BROKER_SECONDS, TimeUnit.SECONDS);
        found.forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private boolean isStored(Map<TopicPartition, Long> ends)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(BROKER_SECONDS, TimeUnit.SECONDS);
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata stored = committed.get(end.getKey());
            return end.getValue() == 0 || (stored != null && stored.offset() >= end.getValue());
        });
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(2));
    }
}
