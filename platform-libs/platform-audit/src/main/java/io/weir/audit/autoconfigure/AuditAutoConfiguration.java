package io.weir.audit.autoconfigure;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.audit.AuditSource;
import io.weir.audit.AuditTopic;
import io.weir.audit.journal.AuditJournal;
import io.weir.audit.webflux.AuditWebFilter;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.autoconfigure.KafkaAutoConfiguration;
import io.weir.security.autoconfigure.SecurityAutoConfiguration;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Lets a service record: through a journal where it has no database.
@AutoConfiguration(after = {KafkaAutoConfiguration.class, SecurityAutoConfiguration.class})
@EnableConfigurationProperties(AuditProperties.class)
public final class AuditAutoConfiguration {

    @Bean
    AuditSource auditSource(@Value("${spring.application.name}") String service, Clock clock) {
        return new AuditSource(service, clock, new SecureRandom());
    }

    @Bean
    AuditTopic auditTopic(KafkaProperties kafka, AuditSource source) {
        return AuditTopic.open(kafka, source.service());
    }

    @Bean
    AuditWebFilter auditWebFilter() {
        return new AuditWebFilter();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.weir.r2dbc.PlatformTransaction")
    static class WithoutDatabase {

        @Bean
        AuditJournal auditJournal(
                AuditProperties properties,
                AuditSource source,
                AuditTopic topic,
                @Value("${weir.state-directory}") Path state) {
            Path own = properties.journalDirectory();
            return new AuditJournal(
                    own == null ? state.resolve("audit") : own,
                    properties.journalSize().toBytes(),
                    source,
                    topic);
        }

        @Bean
        MeterBinder auditJournalMeters(AuditJournal journal) {
            return registry -> {
                Gauge.builder("weir.audit.waiting", journal, AuditJournal::waitingSeconds)
                        .baseUnit("seconds")
                        .description("age of the oldest audit event that the broker does not have")
                        .register(registry);
                Gauge.builder("weir.audit.journal", journal, AuditJournal::size)
                        .baseUnit("bytes")
                        .description("what the audit journal holds")
                        .register(registry);
                FunctionCounter.builder("weir.audit.refused", journal, AuditJournal::refused)
                        .description("audit events that could not be recorded; their actions were refused")
                        .register(registry);
            };
        }
    }
}
