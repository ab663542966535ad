package io.weir.tenant.audit.intake;

import io.weir.audit.AuditTopic;
import io.weir.kafka.TopicSpec;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The topics that this service creates: every service writes the one, and this one alone reads it.
@Configuration(proxyBeanMethods = false)
class AuditTopics {

    private static final int PARTITIONS = 6;
    // Longer than this service is ever down: what was not read by then is gone, and shows as a gap.
    private static final Duration KEPT = Duration.ofDays(35);
    private static final Duration DEAD_KEPT = Duration.ofDays(365);

    @Bean
    TopicSpec auditTopicSpec() {
        return TopicSpec.retained(AuditTopic.NAME, PARTITIONS, KEPT);
    }

    @Bean
    TopicSpec auditDeadLettersSpec() {
        return TopicSpec.retained(AuditTopic.DEAD_LETTERS, 1, DEAD_KEPT);
    }
}
