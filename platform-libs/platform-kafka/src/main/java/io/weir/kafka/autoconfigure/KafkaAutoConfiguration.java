package io.weir.kafka.autoconfigure;

import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicCreation;
import io.weir.kafka.TopicSpec;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// Binds the broker's settings and creates the topics that the application declares as [TopicSpec] beans.
@AutoConfiguration
@EnableConfigurationProperties(KafkaProperties.class)
public final class KafkaAutoConfiguration {

    @Bean
    TopicCreation topicCreation(KafkaProperties kafka, ObjectProvider<TopicSpec> topics) {
        return new TopicCreation(kafka, topics.stream().toList());
    }
}
