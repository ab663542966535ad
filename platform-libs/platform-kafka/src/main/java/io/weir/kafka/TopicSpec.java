package io.weir.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/// A topic as its owner wants it.
///
/// @param suffix its name without the prefix
public record TopicSpec(String suffix, int partitions, Map<String, String> settings) {

    /// Keeps the last record per key for ever: for snapshots.
    public static TopicSpec compacted(String suffix) {
        return new TopicSpec(
                suffix,
                1,
                Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.1", "segment.ms", "3600000"));
    }

    /// Keeps every record for a time: for events.
    public static TopicSpec retained(String suffix, int partitions, Duration retention) {
        return new TopicSpec(
                suffix, partitions, Map.of("cleanup.policy", "delete", "retention.ms", "" + retention.toMillis()));
    }

    /// Records carry the time at which the broker took them, whatever their producers' clocks say: for readers that
    /// begin
    /// at a time.
    public TopicSpec stampedByTheBroker() {
        Map<String, String> all = new HashMap<>(settings);
        all.put("message.timestamp.type", "LogAppendTime");
        return new TopicSpec(suffix, partitions, all);
    }

    NewTopic newTopic(KafkaProperties kafka) {
        return new NewTopic(kafka.topic(suffix), partitions, kafka.replicationFactor()).configs(settings);
    }
}
