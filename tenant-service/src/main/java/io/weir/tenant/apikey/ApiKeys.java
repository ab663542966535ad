package io.weir.tenant.apikey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.security.ApiKey;
import io.weir.security.Pepper;
import io.weir.security.Peppers;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The keys of tenants. Everything here runs in a transaction of the caller's and publishes through the outbox.
@Component
public final class ApiKeys {

    private static final Pattern ID = Pattern.compile("[0-9A-Za-z]{12}");

    private final Peppers peppers;
    private final Outbox outbox;
    private final RandomGenerator random;
    private final Clock clock;

    ApiKeys(Peppers peppers, Outbox outbox, RandomGenerator random, Clock clock) {
        this.peppers = peppers;
        this.outbox = outbox;
        this.random = random;
        this.clock = clock;
    }

    /// What a key is to be.
    ///
    /// @param expiresAt null: does not expire
    /// @param ipRanges from which alone it may be used; empty: from anywhere
    /// @param settings in place of the tenant's
    public record Wish(
            String name, Set<Scope> scopes, @Nullable Instant expiresAt, List<String> ipRanges, ObjectNode settings) {
        public Wish {
            scopes = Set.copyOf(scopes);
            ipRanges = List.copyOf(ipRanges);
        }

        /// A key that may be used from anywhere, with its tenant's settings.
        public Wish(String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
            this(name, scopes, expiresAt, List.of(), JsonNodeFactory.instance.objectNode());
        }
    }

    /// Makes a key; the answer is the only time that anybody sees it.
    public Mono<ApiKey> create(DatabaseClient client, TenantId tenant, Wish wish) {
        ApiKey key = ApiKey.generate(ApiKey.Mode.LIVE, random);
        return keep(client, tenant, key, wish).thenReturn(key);
    }

    /// Takes in a key that was made elsewhere; nothing happens where it is known.
    public Mono<Void> importOnce(DatabaseClient client, TenantId tenant, ApiKey key, Wish wish) {
        return client.sql("SELECT 1 FROM api_key WHERE tenant_id = :tenant AND key_id = :key")
                .bind("tenant", tenant.value())
                .bind("key", key.id())
                .fetch()
                .first()
                .hasElement()
                .flatMap(known -> known ? Mono.empty() : keep(client, tenant, key, wish));
    }

    private Mono<Void> keep(DatabaseClient client, TenantId tenant, ApiKey key, Wish wish) {
        Pepper pepper = peppers.current();
        KeyRecord record = new KeyRecord(
                tenant,
                key.id(),
                pepper.hash(key),
                wish.name(),
                wish.scopes(),
                ApiKeySnapshot.Status.ACTIVE,
                wish.expiresAt(),
                null,
                null,
                null,
                wish.ipRanges(),
                wish.settings(),
                pepper.id(),
                null,
                1,
                clock.instant());
        return client.sql("""
                        INSERT INTO api_key (tenant_id, key_id, hash, name, scopes, status, expires_at, ip_ranges, settings,
                            pepper_id, version, created_at)
                        VALUES (:tenant, :key, :hash, :name, :scopes, 'active', :expires, :ranges,
                            CAST(:settings AS jsonb), :pepper, :version, :created)""")
                .bind("tenant", tenant.value())
                .bind("key", record.keyId())
                .bind("hash", record.hash())
                .bind("name", record.name())
                .bind(
                        "scopes",
                        record.scopes().stream().map(Scope::wireName).sorted().toArray(String[]::new))
                .bind("expires", Column.parameter(record.ownExpiresAt(), Instant.class))
                .bind("ranges", record.ipRanges().toArray(String[]::new))
                .bind("settings", record.settings().toString())
                .bind("pepper", Column.parameter(record.pepperId(), String.class))
                .bind("version", record.version())
                .bind("created", record.createdAt())
                .then()
                .then(Mono.defer(() -> outbox.add(client, record.publication())));
    }

    /// The tenant's keys, the newest first, after the key `after`.
    ///
    /// @param liveOnly without those that were revoked or have expired
    Mono<List<KeyRecord>> page(
            DatabaseClient client, TenantId tenant, boolean liveOnly, Optional<KeyCursor> after, int limit) {
        KeyCursor from = after.orElse(KeyCursor.BEFORE_ALL);
        return client.sql("SELECT " + KeyRecord.COLUMNS + " FROM api_key WHERE tenant_id = :tenant"
                        + " AND (created_at < :at OR (created_at = :at AND key_id > :key))"
                        + (liveOnly ? " AND " + KeyLimits.IS_LIVE : " AND CAST(:now AS timestamptz) IS NOT NULL")
                        + " ORDER BY created_at DESC, key_id LIMIT :limit")
                .bind("tenant", tenant.value())
                .bind("at", from.createdAt())
                .bind("key", from.keyId())
                .bind("now", clock.instant())
                .bind("limit", limit)
                .map(row -> KeyRecord.of(row))
                .all()
                .collectList();
    }

    /// A key of the tenant. Fails with a 404 when the tenant has none of that id.
    public Mono<KeyName> known(DatabaseClient client, TenantId tenant, String keyId) {
        return one(client, tenant, keyId, "").map(key -> new KeyName(key.keyId(), key.name(), key.settings()));
    }

    /// A key, as far as other features are told of it.
    public record KeyName(String keyId, String name, ObjectNode settings) {}

    /// The key, in a transaction that may see it, locked until its end. Fails with a 404 when there is none.
    Mono<KeyRecord> locked(DatabaseClient client, TenantId tenant, String keyId) {
        return one(client, tenant, keyId, " FOR UPDATE");
    }

    private static Mono<KeyRecord> one(DatabaseClient client, TenantId tenant, String keyId, String lock) {
        if (!ID.matcher(keyId).matches()) {
            return Mono.error(unknown());
        }
        return client.sql("SELECT " + KeyRecord.COLUMNS + " FROM api_key WHERE tenant_id = :tenant AND key_id = :key"
                        + lock)
                .bind("tenant", tenant.value())
                .bind("key", keyId)
                .map(row -> KeyRecord.of(row))
                .one()
                .switchIfEmpty(Mono.error(ApiKeys::unknown));
    }

    /// Gives the key its next version, whatever was changed about it in this transaction, and publishes it.
    Mono<KeyRecord> changed(DatabaseClient client, TenantId tenant, String keyId) {
        return client.sql("UPDATE api_key SET version = version + 1 WHERE tenant_id = :tenant AND key_id = :key"
                        + " RETURNING " + KeyRecord.COLUMNS)
                .bind("tenant", tenant.value())
                .bind("key", keyId)
                .map(row -> KeyRecord.of(row))
                .one()
                .flatMap(key -> outbox.add(client, key.publication()).thenReturn(key));
    }

    /// Revokes a key; a key that is revoked already stays so. Fails with a 404 when the tenant has none of that id.
    Mono<Publication> revoke(DatabaseClient client, TenantId tenant, String keyId) {
        return locked(client, tenant, keyId).flatMap(key -> {
            if (key.status() == ApiKeySnapshot.Status.REVOKED) {
                return Mono.just(key.publication());
            }
            return client.sql("UPDATE api_key SET status = 'revoked', revoked_at = :now"
                            + " WHERE tenant_id = :tenant AND key_id = :key")
                    .bind("now", clock.instant())
                    .bind("tenant", tenant.value())
                    .bind("key", keyId)
                    .then()
                    .then(Mono.defer(() -> changed(client, tenant, keyId)))
                    .map(KeyRecord::publication);
        });
    }

    private static PlatformException unknown() {
        return new PlatformException(
                ProblemType.NOT_FOUND, "The tenant has no key of that id. GET .../keys lists them.");
    }

    /// Keys of every tenant that are on the topic, after the given one, each locked until the transaction ends. In
    /// the order of tenant and key.
    public Flux<Publication> lockedAfter(DatabaseClient client, TenantId tenant, String keyId, int limit) {
        return client.sql("SELECT " + KeyRecord.COLUMNS + " FROM api_key"
                        + " WHERE (tenant_id, key_id) > (:tenant, :key) AND withdrawn_at IS NULL"
                        + " ORDER BY tenant_id, key_id LIMIT :limit FOR UPDATE")
                .bind("tenant", tenant.value())
                .bind("key", keyId)
                .bind("limit", limit)
                .map(row -> KeyRecord.of(row).publication())
                .all();
    }
}
