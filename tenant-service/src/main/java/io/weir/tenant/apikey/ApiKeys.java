package io.weir.tenant.apikey;

import io.r2dbc.spi.Readable;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.security.ApiKey;
import io.weir.security.Pepper;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The keys of tenants. Everything here runs in a transaction of the caller's and publishes through the outbox.
@Component
public final class ApiKeys {

    private static final int MOST_LIVE = 1_000;
    private static final int MOST_A_DAY = 2_000;
    private static final Duration DAY = Duration.ofHours(24);
    private static final Pattern ID = Pattern.compile("[0-9A-Za-z]{12}");

    private final Pepper pepper;
    private final Outbox outbox;
    private final RandomGenerator random;
    private final Clock clock;

    ApiKeys(Pepper pepper, Outbox outbox, RandomGenerator random, Clock clock) {
        this.pepper = pepper;
        this.outbox = outbox;
        this.random = random;
        this.clock = clock;
    }

    /// What a key is to be.
    ///
    /// @param expiresAt null: does not expire
    public record Wish(
            String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
        public Wish {
            scopes = Set.copyOf(scopes);
        }
    }

    /// Makes a key; the answer is the only time that anybody sees it.
    public Mono<ApiKey> create(DatabaseClient client, TenantId tenant, Wish wish) {
        ApiKey key = ApiKey.generate(ApiKey.Mode.LIVE, random);
        return keep(client, tenant, key, wish).thenReturn(key);
    }

    /// As [#create], where the tenant, locked by the caller, has room for one more: every gateway keeps all keys in
    /// memory. Fails with a 422 that says what to do.
    Mono<ApiKey> createWithinLimits(DatabaseClient client, TenantId tenant, Wish wish) {
        return client.sql("""
                        SELECT count(*) FILTER (WHERE status = 'active' AND (expires_at IS NULL OR expires_at > :now)),
                            count(*) FILTER (WHERE created_at > :since)
                        FROM api_key WHERE tenant_id = :tenant""")
                .bind("now", clock.instant())
                .bind("since", clock.instant().minus(DAY))
                .bind("tenant", tenant.value())
                .map(row -> refuseTooMany(count(row, 0), count(row, 1)))
                .one()
                .then(Mono.defer(() -> create(client, tenant, wish)));
    }

    private static long count(Readable row, int column) {
        return Objects.requireNonNull(row.get(column, Long.class));
    }

    private static boolean refuseTooMany(long live, long today) {
        if (live >= MOST_LIVE) {
            throw new PlatformException(
                    ProblemType.UNPROCESSABLE,
                    "The tenant has " + live + " live keys, and the most is " + MOST_LIVE
                            + ". Revoke keys that are no longer used.");
        }
        if (today >= MOST_A_DAY) {
            throw new PlatformException(
                    ProblemType.UNPROCESSABLE,
                    today + " keys were made for the tenant within 24 hours, revoked ones included, and the most is "
                            + MOST_A_DAY + ". Make further ones tomorrow.");
        }
        return true;
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
        KeyRecord record = new KeyRecord(
                tenant,
                key.id(),
                pepper.hash(key),
                wish.name(),
                wish.scopes(),
                ApiKeySnapshot.Status.ACTIVE,
                wish.expiresAt(),
                1,
                clock.instant());
        return client.sql("INSERT INTO api_key (" + KeyRecord.COLUMNS + ") VALUES"
                        + " (:tenant, :key, :hash, :name, :scopes, 'active', :expires, :version, :created)")
                .bind("tenant", tenant.value())
                .bind("key", record.keyId())
                .bind("hash", record.hash())
                .bind("name", record.name())
                .bind(
                        "scopes",
                        record.scopes().stream().map(Scope::wireName).sorted().toArray(String[]::new))
                .bind("expires", Column.parameter(record.expiresAt(), Instant.class))
                .bind("version", record.version())
                .bind("created", record.createdAt())
                .then()
                .then(Mono.defer(() -> outbox.add(client, record.publication())));
    }

    /// The tenant's keys, the newest first.
    Mono<List<KeyRecord>> list(DatabaseClient client, TenantId tenant) {
        return client.sql("SELECT " + KeyRecord.COLUMNS
                        + " FROM api_key WHERE tenant_id = :tenant ORDER BY created_at DESC, key_id")
                .bind("tenant", tenant.value())
                .map(row -> KeyRecord.of(row))
                .all()
                .collectList();
    }

    /// Revokes a key; a key that is revoked already stays so. Fails with a 404 when the tenant has none of that id.
    Mono<Publication> revoke(DatabaseClient client, TenantId tenant, String keyId) {
        if (!ID.matcher(keyId).matches()) {
            return Mono.error(unknown());
        }
        return client.sql("UPDATE api_key SET status = 'revoked', revoked_at = :now, version = version + 1"
                        + " WHERE tenant_id = :tenant AND key_id = :key AND status = 'active' RETURNING "
                        + KeyRecord.COLUMNS)
                .bind("now", clock.instant())
                .bind("tenant", tenant.value())
                .bind("key", keyId)
                .map(row -> KeyRecord.of(row).publication())
                .one()
                .flatMap(publication -> outbox.add(client, publication).thenReturn(publication))
                .switchIfEmpty(Mono.defer(() -> revoked(client, tenant, keyId)));
    }

    private static Mono<Publication> revoked(DatabaseClient client, TenantId tenant, String keyId) {
        return client.sql("SELECT " + KeyRecord.COLUMNS + " FROM api_key WHERE tenant_id = :tenant AND key_id = :key")
                .bind("tenant", tenant.value())
                .bind("key", keyId)
                .map(row -> KeyRecord.of(row).publication())
                .one()
                .switchIfEmpty(Mono.error(ApiKeys::unknown));
    }

    private static PlatformException unknown() {
        return new PlatformException(
                ProblemType.NOT_FOUND, "The tenant has no key of that id. GET .../keys lists them.");
    }

    /// Every key of every tenant as it stands, each locked until the transaction ends.
    public Flux<Publication> allLocked(DatabaseClient client) {
        return client.sql("SELECT " + KeyRecord.COLUMNS + " FROM api_key ORDER BY tenant_id, key_id FOR UPDATE")
                .map(row -> KeyRecord.of(row).publication())
                .all();
    }
}
