package io.weir.kafka;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Where the broker is and what its topics are called.
///
/// @param bootstrapServers `host:port` pairs, comma-separated
/// @param topicPrefix stands before every topic's name, so that several platforms can share a cluster
/// @param replicationFactor of topics that a service creates; 3 in a cluster
/// @param client further settings for every Kafka client, for example security
@ConfigurationProperties("weir.kafka")
public record KafkaProperties(
        String bootstrapServers,
        @DefaultValue("weir.") String topicPrefix,
        @DefaultValue("1") short replicationFactor,
        @DefaultValue Map<String, String> client) {

    /// The full name of a topic, for example `weir.usage.v1` for `usage.v1`.
    public String topic(String suffix) {
        return topicPrefix + suffix;
    }
}
