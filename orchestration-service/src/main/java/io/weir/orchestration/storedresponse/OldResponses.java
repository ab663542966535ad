package io.weir.orchestration.storedresponse;

import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Removes what nobody may see any more, of all tenants, in PostgreSQL.
final class OldResponses {

    private static final String WHY = "responses of all tenants that expired, and all of erased tenants, are removed";

    private static final String EXPIRED = """
        DELETE FROM stored_response r WHERE r.ctid = ANY (ARRAY(
            SELECT o.ctid FROM stored_response o WHERE o.expires_at <= clock_timestamp()
            LIMIT 1000))
        """;
    private static final String OWNERS = "SELECT DISTINCT tenant_id FROM stored_response";
    private static final String OF_TENANT = "DELETE FROM stored_response WHERE tenant_id = :tenant";

    private final PlatformTransaction transaction;

    OldResponses(PlatformTransaction transaction) {
        this.transaction = transaction;
    }

    /// How many rows that were: where that is many, there may be more.
    Mono<Long> removeExpired() {
        return transaction.in(WHY, client -> client.sql(EXPIRED).fetch().rowsUpdated());
    }

    /// Tenants that have any.
    Flux<UUID> owners() {
        return transaction.inMany(
                WHY,
                client -> client.sql(OWNERS)
                        .map(row -> Column.of(row, "tenant_id", UUID.class))
                        .all());
    }

    Mono<Long> removeOf(UUID tenant) {
        return transaction.in(
                WHY,
                client -> client.sql(OF_TENANT).bind("tenant", tenant).fetch().rowsUpdated());
    }
}
