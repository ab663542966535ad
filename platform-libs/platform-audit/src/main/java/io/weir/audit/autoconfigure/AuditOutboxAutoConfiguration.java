package io.weir.audit.autoconfigure;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.audit.Audit;
import io.weir.audit.AuditSource;
import io.weir.audit.AuditTopic;
import io.weir.audit.outbox.AuditRelay;
import io.weir.audit.outbox.IsolationAudit;
import io.weir.audit.outbox.PlatformScopeAudit;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.r2dbc.PostgresPools;
import io.weir.r2dbc.autoconfigure.PostgresAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/// Lets a service with a database record in the transaction of each change.
@AutoConfiguration(after = {AuditAutoConfiguration.class, PostgresAutoConfiguration.class})
@ConditionalOnClass(PlatformTransaction.class)
public final class AuditOutboxAutoConfiguration {

    @Bean
    Audit audit(AuditSource source) {
        return new Audit(source);
    }

    @Bean
    AuditRelay auditRelay(PlatformTransaction platform, AuditTopic topic, AuditSource source) {
        return new AuditRelay(platform, topic, source.service());
    }

    @Bean
    PlatformScopeAudit platformScopeAudit(ObjectProvider<PlatformTransaction> platform, Audit audit) {
        return new PlatformScopeAudit(platform::getObject, audit);
    }

    @Bean
    IsolationAudit isolationAudit(PostgresPools pools, PlatformTransaction platform, Audit audit) {
        return new IsolationAudit(pools::findings, platform, audit);
    }

    @Bean
    MeterBinder auditRelayMeters(AuditRelay relay) {
        return registry -> Gauge.builder("weir.audit.waiting", relay, AuditRelay::waitingSeconds)
                .baseUnit("seconds")
                .description("age of the oldest audit event that the broker does not have")
                .register(registry);
    }
}
