package io.weir.tenant.apikey;

import io.r2dbc.spi.Readable;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.PlatformTransaction;
import io.weir.snapshots.SnapshotTopic;
import io.weir.tenancy.TenantId;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.trail.Trail;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// What time does to keys.
///
/// - A key that its tenant's rule (`security.keyMaxAgeDays`) calls too old is said to be due for rotation, and given an
///   end after the rule's grace; a rotation within it replaces the key. No secret is made by itself: there is nobody
///   to hand it to.
/// - A key that is no longer due, because the rule was changed, loses that end.
/// - A key that was revoked or has expired leaves the topic after the retention; its row stays, for the list.
///
/// Each step takes some hundreds of keys in a transaction of its own, and may be repeated.
@Component
final class KeyCare {

    private static final Logger LOG = LoggerFactory.getLogger(KeyCare.class);
    private static final int PAGE = 500;

    private static final String RULES = """
            WITH rule AS (
                SELECT DISTINCT ON (tenant_id) tenant_id, CAST(settings #>> '{security,keyMaxAgeDays}' AS int) AS days,
                    coalesce(CAST(settings #>> '{security,keyGraceDays}' AS int), 14) AS grace
                FROM tenant_config ORDER BY tenant_id, version DESC)
            """;

    private static final String DUE = RULES + """
            , old AS (
                SELECT k.tenant_id, k.key_id, rule.grace FROM rule JOIN api_key k USING (tenant_id)
                WHERE rule.days IS NOT NULL AND k.withdrawn_at IS NULL AND k.status = 'active'
                    AND k.rotated_to IS NULL AND k.due_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now)
                    AND k.created_at < :now - make_interval(days => rule.days) AND k.tenant_id <> :platform
                LIMIT :page FOR UPDATE OF k SKIP LOCKED)
            UPDATE api_key SET due_at = :now, aged_expires_at = :now + make_interval(days => old.grace),
                version = api_key.version + 1
            FROM old WHERE api_key.tenant_id = old.tenant_id AND api_key.key_id = old.key_id RETURNING\s""";

    private static final String NOT_DUE = RULES + """
            , young AS (
                SELECT k.tenant_id, k.key_id FROM rule JOIN api_key k USING (tenant_id)
                WHERE k.withdrawn_at IS NULL AND k.due_at IS NOT NULL AND k.status = 'active'
                    AND k.aged_expires_at > :now
                    AND (rule.days IS NULL OR k.created_at >= :now - make_interval(days => rule.days))
                    AND k.tenant_id <> :platform
                LIMIT :page FOR UPDATE OF k SKIP LOCKED)
            UPDATE api_key SET due_at = NULL, aged_expires_at = NULL, version = api_key.version + 1
            FROM young WHERE api_key.tenant_id = young.tenant_id AND api_key.key_id = young.key_id RETURNING\s""";

    private static final String DEAD = """
            WITH dead AS (
                SELECT tenant_id, key_id FROM api_key WHERE withdrawn_at IS NULL
                    AND (revoked_at < :end OR least(expires_at, aged_expires_at) < :end)
                LIMIT :page FOR UPDATE SKIP LOCKED)
            UPDATE api_key SET withdrawn_at = :now, version = api_key.version + 1
            FROM dead WHERE api_key.tenant_id = dead.tenant_id AND api_key.key_id = dead.key_id
            RETURNING api_key.tenant_id, api_key.key_id, api_key.version""";

    private final PlatformTransaction platform;
    private final Outbox outbox;
    private final Trail trail;
    private final KeyProperties properties;
    private final Clock clock;

    KeyCare(PlatformTransaction platform, Outbox outbox, Trail trail, KeyProperties properties, Clock clock) {
        this.platform = platform;
        this.outbox = outbox;
        this.trail = trail;
        this.properties = properties;
        this.clock = clock;
    }

    /// Does whatever is due. Completes when nothing is left to do.
    Mono<Void> round() {
        return pages("keys grow old", client -> aged(client, DUE, "key.rotation-due"))
                .then(pages("keys are no longer old", client -> aged(client, NOT_DUE, "key.rotation-not-due")))
                .then(pages("dead keys leave the topic", this::withdraw));
    }

    @FunctionalInterface
    private interface Page {
        Mono<Integer> take(DatabaseClient client);
    }

    private Mono<Void> pages(String reason, Page page) {
        return platform.in(reason, page::take)
                .doOnNext(taken -> {
                    if (taken > 0) {
                        LOG.info("{}: {}", reason, taken);
                        outbox.wake();
                    }
                })
                .filter(taken -> taken == PAGE)
                .flatMap(full -> pages(reason, page));
    }

    private Mono<Integer> aged(DatabaseClient client, String statement, String action) {
        return bound(client.sql(statement + qualified(KeyRecord.COLUMNS)))
                .bind("platform", TenantId.PLATFORM.value())
                .map(row -> KeyRecord.of(row))
                .all()
                .collectList()
                .flatMap(keys -> outbox.addAll(
                                client,
                                keys.stream().map(KeyRecord::publication).toList())
                        .thenMany(Flux.fromIterable(inOrderOfTenants(keys)))
                        .concatMap(key -> trail.record(
                                client,
                                key.tenant(),
                                Trail.Change.of(action, "key:" + key.keyId()).because("ends " + key.expiresAt())))
                        .then(Mono.just(keys.size())));
    }

    // Trails of several tenants are always taken in the same order.
    private static List<KeyRecord> inOrderOfTenants(List<KeyRecord> keys) {
        return keys.stream()
                .sorted((one, other) ->
                        one.tenant().value().compareTo(other.tenant().value()))
                .toList();
    }

    private Mono<Integer> withdraw(DatabaseClient client) {
        return bound(client.sql(DEAD))
                .bind("end", clock.instant().minus(properties.retention()))
                .map(row -> removal(row))
                .all()
                .collectList()
                .flatMap(gone -> outbox.addAll(client, gone).thenReturn(gone.size()));
    }

    private GenericExecuteSpec bound(GenericExecuteSpec statement) {
        Instant now = clock.instant();
        return statement.bind("now", now).bind("page", PAGE);
    }

    private static Publication removal(Readable row) {
        return Publication.removal(
                new TenantId(Column.of(row, "tenant_id", UUID.class)),
                SnapshotTopic.API_KEYS,
                Column.of(row, "key_id", String.class),
                Column.of(row, "version", Long.class));
    }

    private static String qualified(String columns) {
        return columns.replace("tenant_id, key_id,", "api_key.tenant_id, api_key.key_id,");
    }
}
