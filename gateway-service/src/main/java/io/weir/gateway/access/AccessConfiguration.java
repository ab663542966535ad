package io.weir.gateway.access;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.audit.journal.AuditJournal;
import io.weir.kafka.KafkaProperties;
import io.weir.kafka.TopicSpec;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    private static final int PARTITIONS = 6;
    private static final Duration KEPT = Duration.ofDays(7);

    @Bean
    TopicSpec accessTopic() {
        return TopicSpec.retained(AccessLog.TOPIC, PARTITIONS, KEPT);
    }

    @Bean
    AccessLog accessLog(KafkaProperties kafka, AccessProperties properties) {
        return new AccessLog(kafka, properties);
    }

    @Bean
    SignInRefusals signInRefusals(AuditJournal journal, AccessProperties properties) {
        return new SignInRefusals(journal, properties.refusalsEvery());
    }

    @Bean
    Access access(MeterRegistry registry, AccessLog log, SignInRefusals signIns, Clock clock) {
        FunctionCounter.builder(GatewayMeter.ACCESS_DROPPED.id(), log, AccessLog::dropped)
                .baseUnit("records")
                .description(GatewayMeter.ACCESS_DROPPED.description())
                .register(registry);
        return new Access(new RequestTimers(registry), new CallMeters(registry), log, new RefusalLog(), signIns, clock);
    }
}
