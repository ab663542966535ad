package io.weir.tenant.publication;

import io.weir.kafka.TopicSpec;
import io.weir.snapshots.SnapshotTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The topics that this service creates and alone writes to.
@Configuration(proxyBeanMethods = false)
class OwnedTopics {

    @Bean
    TopicSpec tenantsTopic() {
        return TopicSpec.compacted(SnapshotTopic.TENANTS.suffix());
    }

    @Bean
    TopicSpec apiKeysTopic() {
        return TopicSpec.compacted(SnapshotTopic.API_KEYS.suffix());
    }

    @Bean
    TopicSpec membersTopic() {
        return TopicSpec.compacted(SnapshotTopic.MEMBERS.suffix());
    }

    @Bean
    TopicSpec providerKeysTopic() {
        return TopicSpec.compacted(SnapshotTopic.PROVIDER_KEYS.suffix());
    }

    @Bean
    TopicSpec plansTopic() {
        return TopicSpec.compacted(SnapshotTopic.PLANS.suffix());
    }
}
