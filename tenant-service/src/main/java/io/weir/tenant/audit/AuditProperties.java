package io.weir.tenant.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the audit log is sealed.
///
/// @param signingKey the audit key, `audit.<id>.pem`, or a directory of such, see
///     [io.weir.security.SigningKeys]; null: nothing is sealed, and every verification says so
/// @param exportDirectory where checkpoints and leaves are kept, out of the database's reach and shared by
///     all processes of this service; null: they stay in the database, so that whoever rules it can
///     rewrite the log
/// @param sealEvery how long an event waits for its checkpoint at most
/// @param parkedMost how many events of tenants whose database is away are kept aside, so that others go on
@ConfigurationProperties("weir.audit")
public record AuditProperties(
        @Nullable Path signingKey,
        @Nullable Path exportDirectory,
        @DefaultValue("60s") Duration sealEvery,
        @DefaultValue("100000") long parkedMost) {

    public AuditProperties {
        if (sealEvery.isNegative() || sealEvery.isZero()) {
            throw new IllegalArgumentException("weir.audit.seal-every: " + sealEvery + " (expected: more than 0)");
        }
    }
}
