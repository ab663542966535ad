package io.weir.tenant.keyuse;

import io.weir.r2dbc.PlatformTransaction;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The latest use of each key since it was last written down: one entry a key, however often it is used. For one
/// thread.
final class LastUses {

    private static final int AT_ONCE = 1_000;

    private final PlatformTransaction platform;
    private final Map<Key, Instant> latest = new HashMap<>();

    LastUses(PlatformTransaction platform) {
        this.platform = platform;
    }

    private record Key(TenantId tenant, String keyId) {}

    void add(KeyUse use) {
        latest.merge(new Key(use.tenant(), use.keyId()), use.at(), (one, other) -> one.isAfter(other) ? one : other);
    }

    boolean isEmpty() {
        return latest.isEmpty();
    }

    /// Writes everything down. What is stored never goes back. On failure all of it is kept for the next time.
    Mono<Void> write() {
        List<KeyUse> uses = new ArrayList<>();
        latest.forEach((key, at) -> uses.add(new KeyUse(key.tenant(), key.keyId(), at)));
        return Flux.fromIterable(uses)
                .buffer(AT_ONCE)
                .concatMap(some -> platform.in("note when keys were last used", client -> update(client, some)))
                .then()
                .doOnSuccess(done -> latest.clear());
    }

    private static Mono<Void> update(DatabaseClient client, List<KeyUse> uses) {
        return client.sql("""
                        UPDATE api_key SET last_used_at = used.at
                        FROM unnest(CAST(:tenants AS uuid[]), CAST(:keys AS text[]), CAST(:times AS timestamptz[]))
                            AS used (tenant_id, key_id, at)
                        WHERE api_key.tenant_id = used.tenant_id AND api_key.key_id = used.key_id
                            AND (api_key.last_used_at IS NULL OR api_key.last_used_at < used.at)""")
                .bind("tenants", uses.stream().map(use -> use.tenant().value()).toArray(UUID[]::new))
                .bind("keys", uses.stream().map(KeyUse::keyId).toArray(String[]::new))
                .bind("times", uses.stream().map(use -> use.at().toString()).toArray(String[]::new))
                .then();
    }
}
