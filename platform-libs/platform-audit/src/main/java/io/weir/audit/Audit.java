package io.weir.audit;

import io.weir.tenancy.MissingTenantException;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import java.nio.charset.StandardCharsets;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Records privileged actions in the transaction of the change: both are committed, or neither. Safe for
/// use by many threads.
///
/// Events of one tenant are numbered in the order of their commits: a transaction that recorded one makes
/// others of the same tenant wait with theirs until it ends. Record last, and for several tenants in the
/// order of their ids.
public final class Audit {

    private final AuditSource source;

    public Audit(AuditSource source) {
        this.source = source;
    }

    /// Records for the tenant in scope. Fails as the other does, and with [MissingTenantException] without
    /// one.
    public Mono<Void> record(DatabaseClient client, AuditEntry entry) {
        return Mono.deferContextual(context -> record(
                client,
                TenantScope.find(context).map(TenantContext::id).orElseThrow(MissingTenantException::new),
                entry));
    }

    /// Records in the client's transaction, of a tenant or of the platform. Fails with a 503 where that is
    /// not possible, so that the change is not made either.
    public Mono<Void> record(DatabaseClient client, TenantId tenant, AuditEntry entry) {
        return Mono.deferContextual(context -> insert(client, source.event(context, tenant, entry)))
                .onErrorMap(AuditFailure::of);
    }

    private static Mono<Void> insert(DatabaseClient client, AuditEvent event) {
        return client.sql("""
                        WITH numbered AS (
                            INSERT INTO audit_sequence (tenant_id, last) VALUES (:tenant, 1)
                            ON CONFLICT (tenant_id) DO UPDATE SET last = audit_sequence.last + 1 RETURNING last)
                        INSERT INTO audit_outbox (tenant_id, sequence, payload)
                        SELECT :tenant, last, :payload FROM numbered""")
                .bind("tenant", event.tenant().value())
                .bind("payload", new String(AuditCodec.write(event), StandardCharsets.UTF_8))
                .fetch()
                .rowsUpdated()
                .then();
    }
}
