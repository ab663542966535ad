package io.weir.tenant.quota;

import io.weir.tenancy.TenantId;
import java.util.Objects;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// Counts the people of a tenant.
@Component
final class MemberCount {

    Mono<Long> of(DatabaseClient client, TenantId tenant) {
        return client.sql("SELECT count(*) FROM member_grant WHERE tenant_id = :tenant AND status <> 'removed'")
                .bind("tenant", tenant.value())
                .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
                .one();
    }
}
