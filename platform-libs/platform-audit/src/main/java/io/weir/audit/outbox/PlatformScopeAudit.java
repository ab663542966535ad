package io.weir.audit.outbox;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.r2dbc.PlatformScopeListener;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Records in the platform's own log that rows of tenants were crossed: once an hour for each reason. It
/// is a note, not a gate: the work does not wait for it, and what cannot be recorded is logged.
public final class PlatformScopeAudit implements PlatformScopeListener {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformScopeAudit.class);
    private static final String OWN_REASON = "record a use of platform scope";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Set<String> SILENT = Set.of(OWN_REASON, "health check");

    private final Supplier<PlatformTransaction> platform;
    private final Audit audit;

    /// @param platform asked for when it is needed: the transactions themselves tell of their use
    public PlatformScopeAudit(Supplier<PlatformTransaction> platform, Audit audit) {
        this.platform = platform;
        this.audit = audit;
    }

    @Override
    public void firstUseOfTheHour(String reason) {
        if (SILENT.contains(reason)) {
            return;
        }
        AuditEntry entry = AuditEntry.done("platform-scope.used", "reason:" + reason);
        Mono.defer(() -> platform.get().in(OWN_REASON, client -> audit.record(client, TenantId.PLATFORM, entry)))
                .timeout(PATIENCE)
                .subscribeOn(Schedulers.boundedElastic())
                .subscribe(
                        done -> {},
                        failed -> LOG.warn(
                                "The use of platform scope for '{}' is not in the audit log: {}",
                                reason,
                                failed.getMessage()));
    }
}
