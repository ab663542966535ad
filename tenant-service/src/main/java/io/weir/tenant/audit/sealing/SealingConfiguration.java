package io.weir.tenant.audit.sealing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.SigningKeys;
import io.weir.security.TrustedKeys;
import io.weir.tenant.audit.AuditProperties;
import io.weir.tenant.audit.AuditRecords;
import io.weir.tenant.audit.TenantLogs;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SealingConfiguration {

    @Bean
    AuditKeys auditKeys(AuditProperties properties) {
        return new AuditKeys(properties.signingKey());
    }

    @Bean
    AuditSealer auditSealer(
            AuditProperties properties,
            AuditKeys auditKeys,
            TenantLogs logs,
            TenantTransaction transaction,
            AuditRecords records,
            CheckpointRows checkpoints,
            Clock clock) {
        SigningKeys keys = auditKeys.signing();
        Sealing sealing = keys == null
                ? null
                : new Sealing(logs, transaction, records, checkpoints, keys, export(properties), clock);
        return new AuditSealer(logs, sealing, properties.sealEvery(), clock);
    }

    @Bean
    Verification auditVerification(
            AuditProperties properties,
            TenantTransaction transaction,
            AuditRecords records,
            CheckpointRows checkpoints,
            TrustedKeys keys,
            Clock clock) {
        return new Verification(
                transaction, records, checkpoints, keys, export(properties), properties.sealEvery(), clock);
    }

    @Bean
    MeterBinder auditSealingMeters(AuditSealer sealer) {
        return registry -> Gauge.builder("weir.audit.unsealed", sealer, AuditSealer::unsealedSeconds)
                .baseUnit("seconds")
                .description("for how long the oldest audit event has waited for its checkpoint")
                .register(registry);
    }

    private static @Nullable AuditExport export(AuditProperties properties) {
        Path directory = properties.exportDirectory();
        return directory == null ? null : new AuditExport(directory);
    }
}
