package io.weir.tenant.member;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Who members are: placed rows, which say nothing about rights.
@Component
final class Profiles {

    private final TenantTransaction transaction;

    Profiles(TenantTransaction transaction) {
        this.transaction = transaction;
    }

    record Profile(UUID memberId, String email, @Nullable String name) {}

    Mono<Void> add(TenantId tenant, Profile profile, Instant now) {
        return transaction.placed(client -> client.sql("""
                        INSERT INTO member_profile (tenant_id, member_id, email, name, created_at)
                        VALUES (:tenant, :member, :email, :name, :created)""")
                .bind("tenant", tenant.value())
                .bind("member", profile.memberId())
                .bind("email", profile.email())
                .bind("name", Column.parameter(profile.name(), String.class))
                .bind("created", now)
                .then());
    }

    Mono<Void> remove(TenantId tenant, UUID member) {
        return transaction.placed(
                client -> client.sql("DELETE FROM member_profile WHERE tenant_id = :tenant AND member_id = :member")
                        .bind("tenant", tenant.value())
                        .bind("member", member)
                        .then());
    }

    Mono<Map<UUID, Profile>> all(TenantId tenant) {
        return transaction
                .placedRead(client -> client.sql(
                                "SELECT member_id, email, name FROM member_profile WHERE tenant_id = :tenant")
                        .bind("tenant", tenant.value())
                        .map(row -> new Profile(
                                Column.of(row, "member_id", UUID.class),
                                Column.of(row, "email", String.class),
                                row.get("name", String.class)))
                        .all())
                .collectMap(Profile::memberId);
    }
}
