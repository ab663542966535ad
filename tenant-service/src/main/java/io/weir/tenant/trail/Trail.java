package io.weir.tenant.trail;

import io.weir.audit.Audit;
import io.weir.audit.AuditEntry;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Records what was changed, in the transaction of the change: both are committed, or neither.
@Component
public final class Trail {

    private final Audit audit;
    private final PlatformTransaction platform;

    Trail(Audit audit, PlatformTransaction platform) {
        this.audit = audit;
        this.platform = platform;
    }

    /// A change, without any secret.
    ///
    /// @param action for example `key.rotated`
    /// @param target for example `key:8fQ2`
    /// @param was what was in force before; null: nothing, or it does not apply
    /// @param is what is in force after
    /// @param words a few more, for example a reason
    public record Change(
            String action,
            String target,
            @Nullable Object was,
            @Nullable Object is,
            @Nullable String words) {

        public static Change of(String action, String target) {
            return new Change(action, target, null, null, null);
        }

        public Change from(@Nullable Object before, @Nullable Object after) {
            return new Change(action, target, before, after, words);
        }

        public Change because(@Nullable String reason) {
            return new Change(action, target, was, is, reason);
        }
    }

    /// Records last in a transaction: changes of one tenant are numbered, and wait for each other.
    public Mono<Void> record(DatabaseClient client, TenantId tenant, Change change) {
        AuditEntry done = AuditEntry.done(change.action(), change.target()).changing(change.was(), change.is());
        String words = change.words();
        return audit.record(client, tenant, words == null ? done : done.with(words));
    }

    /// Records what is about to be done outside of one transaction. Do it afterwards: what cannot be
    /// recorded fails with a 503 here, and must not be done.
    public Mono<Void> recordFirst(TenantId tenant, Change change) {
        return platform.in("record an operator's order", client -> record(client, tenant, change));
    }
}
