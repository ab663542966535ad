package io.weir.tenant.member;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.security.Role;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import java.util.List;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Grants as rows of the registry; every change is published with it.
@Component
public final class Grants {

    private static final String OF_ONE = " WHERE tenant_id = :tenant AND member_id = :member";

    private final Outbox outbox;

    Grants(Outbox outbox) {
        this.outbox = outbox;
    }

    Mono<Void> add(DatabaseClient client, Grant grant) {
        return client.sql("""
                        INSERT INTO member_grant (tenant_id, member_id, issuer, subject, email_hash, role, status, version,
                            created_at)
                        VALUES (:tenant, :member, :issuer, :subject, :email, :role, 'active', 1, :created)""")
                .bind("tenant", grant.tenant().value())
                .bind("member", grant.memberId())
                .bind("issuer", Column.parameter(grant.issuer(), String.class))
                .bind("subject", Column.parameter(grant.subject(), String.class))
                .bind("email", grant.emailHash())
                .bind("role", grant.role().wireName())
                .bind("created", grant.createdAt())
                .then()
                .then(Mono.defer(() -> outbox.add(client, grant.publication())));
    }

    /// Those in force, the oldest first.
    Mono<List<Grant>> active(DatabaseClient client, TenantId tenant) {
        return client.sql("SELECT " + Grant.COLUMNS + " FROM member_grant"
                        + " WHERE tenant_id = :tenant AND status = 'active' ORDER BY created_at, member_id")
                .bind("tenant", tenant.value())
                .map(row -> Grant.of(row))
                .all()
                .collectList();
    }

    /// In force or removed. Fails with a 404 when the tenant has no member of that id.
    Mono<Grant> find(DatabaseClient client, TenantId tenant, UUID member) {
        return client.sql("SELECT " + Grant.COLUMNS + " FROM member_grant" + OF_ONE)
                .bind("tenant", tenant.value())
                .bind("member", member)
                .map(row -> Grant.of(row))
                .one()
                .switchIfEmpty(Mono.error(Grants::unknown));
    }

    Mono<Grant> changeRole(DatabaseClient client, Grant grant, Role role) {
        return changed(client, grant, "role", role.wireName());
    }

    Mono<Grant> remove(DatabaseClient client, Grant grant) {
        return changed(client, grant, "status", "removed");
    }

    private Mono<Grant> changed(DatabaseClient client, Grant grant, String column, String value) {
        return client.sql("UPDATE member_grant SET " + column + " = :value, version = version + 1" + OF_ONE
                        + " RETURNING " + Grant.COLUMNS)
                .bind("value", value)
                .bind("tenant", grant.tenant().value())
                .bind("member", grant.memberId())
                .map(row -> Grant.of(row))
                .one()
                .delayUntil(after -> outbox.add(client, after.publication()));
    }

    /// Grants that are on the topic, of every tenant after the given one, each locked until the transaction ends.
    /// In the order of tenant and member.
    public Flux<Publication> lockedAfter(DatabaseClient client, TenantId tenant, UUID member, int limit) {
        return client.sql("SELECT " + Grant.COLUMNS + " FROM member_grant"
                        + " WHERE (tenant_id, member_id) > (:tenant, :member) AND NOT EXISTS ("
                        + "SELECT 1 FROM tenant t WHERE t.tenant_id = member_grant.tenant_id AND t.status = 'erasing')"
                        + " ORDER BY tenant_id, member_id LIMIT :limit FOR UPDATE")
                .bind("tenant", tenant.value())
                .bind("member", member)
                .bind("limit", limit)
                .map(row -> Grant.of(row).publication())
                .all();
    }

    static PlatformException unknown() {
        return new PlatformException(
                ProblemType.NOT_FOUND, "The tenant has no member of that id. GET .../members lists them.");
    }
}
