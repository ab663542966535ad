package io.weir.tenant.providerkey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import java.util.List;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Provider keys as rows of the registry; every change is published with it.
@Component
public final class ProviderKeys {

    private static final String OF_ONE = " WHERE tenant_id = :tenant AND provider = :provider";

    private final Outbox outbox;

    ProviderKeys(Outbox outbox) {
        this.outbox = outbox;
    }

    /// Those that are set, by provider.
    Mono<List<ProviderKey>> all(DatabaseClient client, TenantId tenant) {
        return client.sql("SELECT " + ProviderKey.COLUMNS + " FROM provider_key"
                        + " WHERE tenant_id = :tenant AND sealed IS NOT NULL ORDER BY provider")
                .bind("tenant", tenant.value())
                .map(row -> ProviderKey.of(row))
                .all()
                .collectList();
    }

    /// Set or deleted; empty: there never was one.
    Mono<ProviderKey> find(DatabaseClient client, TenantId tenant, String provider) {
        return client.sql("SELECT " + ProviderKey.COLUMNS + " FROM provider_key" + OF_ONE)
                .bind("tenant", tenant.value())
                .bind("provider", provider)
                .map(row -> ProviderKey.of(row))
                .one();
    }

    /// In place of the one before, if any, with the next version.
    Mono<ProviderKey> set(DatabaseClient client, ProviderKey key) {
        return client.sql("""
                        INSERT INTO provider_key (tenant_id, provider, key_id, sealed, last_four, fingerprint, base_url,
                            fallback, version, set_at)
                        VALUES (:tenant, :provider, :key, :sealed, :last, :fingerprint, :url, :fallback, 1, :at)
                        ON CONFLICT (tenant_id, provider) DO UPDATE SET key_id = EXCLUDED.key_id,
                            sealed = EXCLUDED.sealed, last_four = EXCLUDED.last_four,
                            fingerprint = EXCLUDED.fingerprint, base_url = EXCLUDED.base_url,
                            fallback = EXCLUDED.fallback, version = provider_key.version + 1, set_at = EXCLUDED.set_at
                        RETURNING\s""" + ProviderKey.COLUMNS)
                .bind("tenant", key.tenant().value())
                .bind("provider", key.provider())
                .bind("key", key.keyId())
                .bind("sealed", Column.parameter(key.sealed(), String.class))
                .bind("last", key.lastFour())
                .bind("fingerprint", key.fingerprint())
                .bind("url", key.baseUrl())
                .bind("fallback", ProviderKeyWish.word(key.fallback()))
                .bind("at", key.setAt())
                .map(row -> ProviderKey.of(row))
                .one()
                .delayUntil(after -> outbox.add(client, after.publication()));
    }

    /// The ciphertext and what was shown of it are gone; the version stays, so that nothing older brings it back.
    Mono<ProviderKey> delete(DatabaseClient client, ProviderKey key) {
        return client.sql("UPDATE provider_key SET sealed = NULL, last_four = '', fingerprint = '', base_url = '',"
                        + " version = version + 1" + OF_ONE + " RETURNING " + ProviderKey.COLUMNS)
                .bind("tenant", key.tenant().value())
                .bind("provider", key.provider())
                .map(row -> ProviderKey.of(row))
                .one()
                .delayUntil(after -> outbox.add(client, after.publication()));
    }

    /// Keys that are on the topic, of every tenant after the given place, each locked until the transaction ends. In
    /// the order of tenant and provider; each with the provider that it is for.
    public Flux<Placed> lockedAfter(DatabaseClient client, TenantId tenant, String provider, int limit) {
        return client.sql("SELECT " + ProviderKey.COLUMNS + " FROM provider_key"
                        + " WHERE (tenant_id, provider) > (:tenant, :provider) AND sealed IS NOT NULL AND NOT EXISTS ("
                        + "SELECT 1 FROM tenant t WHERE t.tenant_id = provider_key.tenant_id AND t.status = 'erasing')"
                        + " ORDER BY tenant_id, provider LIMIT :limit FOR UPDATE")
                .bind("tenant", tenant.value())
                .bind("provider", provider)
                .bind("limit", limit)
                .map(row -> ProviderKey.of(row))
                .all()
                .map(key -> new Placed(key.tenant(), key.provider(), key.publication()));
    }

    /// A publication, and where its row stands in the order.
    public record Placed(TenantId tenant, String provider, Publication publication) {}

    static PlatformException unknown() {
        return new PlatformException(
                ProblemType.NOT_FOUND,
                "The tenant has no key of its own for this provider. GET .../provider-keys lists those it has.");
    }
}
