package io.weir.tenant.apikey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.Column;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.ApiKey;
import io.weir.security.Passport;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.settings.StoredSettings;
import io.weir.tenant.trail.Trail;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/// What the administrator of the tenant in scope does with its keys: each a transaction with its publication and its
/// place in the trail. Changes of one tenant's keys follow one another: the tenant is locked.
@Component
final class KeyAdministration {

    private final TenantTransaction transaction;
    private final TenantDirectory directory;
    private final StoredSettings settings;
    private final ApiKeys keys;
    private final KeyLimits limits;
    private final Trail trail;
    private final Outbox outbox;
    private final Clock clock;

    KeyAdministration(
            TenantTransaction transaction,
            TenantDirectory directory,
            StoredSettings settings,
            ApiKeys keys,
            KeyLimits limits,
            Trail trail,
            Outbox outbox,
            Clock clock) {
        this.transaction = transaction;
        this.directory = directory;
        this.settings = settings;
        this.keys = keys;
        this.limits = limits;
        this.trail = trail;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// @param key the new one, shown this once
    /// @param former the one that it replaces, with its end
    record Rotated(ApiKey key, KeyRecord former) {}

    /// @param maxAge after which keys are too old by the tenant's rule; empty: there is none
    record Listed(List<KeyRecord> keys, Optional<Duration> maxAge) {}

    Mono<ApiKey> create(TenantId tenant, ApiKeys.Wish wish) {
        return transaction
                .in(client -> quota(client, tenant)
                        .flatMap(most -> limits.demandRoom(client, tenant, most))
                        .then(Mono.defer(() -> keys.create(client, tenant, wish)))
                        .delayUntil(key -> trail.record(
                                client,
                                tenant,
                                Trail.Change.of("key.created", target(key.id())).from(null, Shown.of(wish)))))
                .doOnSuccess(key -> outbox.wake());
    }

    Mono<Listed> list(TenantId tenant, boolean liveOnly, Optional<KeyCursor> after, int limit) {
        return transaction.in(client -> directory
                .read(client, tenant)
                .flatMap(found -> settings.inForce(client, found.id(), found.plan()))
                .zipWhen(
                        cascade -> keys.page(client, tenant, liveOnly, after, limit),
                        (cascade, page) -> new Listed(page, KeyAge.maxAge(cascade))));
    }

    Mono<Publication> revoke(TenantId tenant, String keyId) {
        return transaction.in(client -> directory
                .locked(client, tenant)
                .then(Mono.defer(() -> keys.revoke(client, tenant, keyId)))
                .delayUntil(
                        publication -> trail.record(client, tenant, Trail.Change.of("key.revoked", target(keyId)))));
    }

    /// Fails with a 409 that says why for a key that is revoked, has expired, or was rotated before, and with a 403
    /// for one that the caller could not have made.
    Mono<Rotated> rotate(TenantId tenant, String keyId, Duration overlap, Passport by) {
        return transaction
                .in(client -> quota(client, tenant)
                        .zipWhen(most -> keys.locked(client, tenant, keyId))
                        .delayUntil(found -> {
                            refuseUnrotatable(found.getT2(), by);
                            return limits.demandRoomToRotate(client, tenant, found.getT1());
                        })
                        .flatMap(found -> rotate(client, found.getT2(), overlap)))
                .doOnSuccess(done -> outbox.wake());
    }

    private Mono<Rotated> rotate(DatabaseClient client, KeyRecord former, Duration overlap) {
        TenantId tenant = former.tenant();
        ApiKeys.Wish same = new ApiKeys.Wish(
                former.name(), former.scopes(), former.ownExpiresAt(), former.ipRanges(), former.settings());
        Instant end = clock.instant().plus(overlap);
        return keys.create(client, tenant, same)
                .delayUntil(key -> client.sql("""
                                UPDATE api_key SET rotated_to = :successor, expires_at = least(expires_at, :end)
                                WHERE tenant_id = :tenant AND key_id = :key""")
                        .bind("successor", key.id())
                        .bind("end", end)
                        .bind("tenant", tenant.value())
                        .bind("key", former.keyId())
                        .then())
                .flatMap(key -> keys.changed(client, tenant, former.keyId()).map(ended -> new Rotated(key, ended)))
                .delayUntil(rotated -> trail.record(
                        client,
                        tenant,
                        Trail.Change.of("key.rotated", target(former.keyId()))
                                .because("to key:" + rotated.key().id())));
    }

    private void refuseUnrotatable(KeyRecord key, Passport by) {
        KeyRequests.refuseUngrantable(key.scopes(), key.tenant(), by);
        refuseDead(key);
        if (key.rotatedTo() != null) {
            throw conflict("The key was rotated already: " + key.rotatedTo() + " replaces it, and it works until "
                    + key.expiresAt() + ". Rotate " + key.rotatedTo() + " instead.");
        }
    }

    private void refuseDead(KeyRecord key) {
        if (key.status() == ApiKeySnapshot.Status.REVOKED) {
            throw conflict("The key was revoked. Make a new one with POST .../keys.");
        }
        if (key.hasExpired(clock.instant())) {
            throw conflict("The key expired at " + key.expiresAt() + ". Make a new one with POST .../keys.");
        }
    }

    /// Fails with a 409 for a key that opens nothing any more, and with a 422 for one whose rotation set its end and
    /// that is to live on.
    Mono<KeyRecord> change(TenantId tenant, String keyId, KeyRequests.Change change, Passport by) {
        return transaction
                .in(client -> directory
                        .locked(client, tenant)
                        .then(Mono.defer(() -> keys.locked(client, tenant, keyId)))
                        .flatMap(key -> {
                            KeyRequests.refuseUngrantable(key.scopes(), tenant, by);
                            refuseDead(key);
                            refuseLivingOn(key, change);
                            return changed(client, key, change);
                        }))
                .doOnSuccess(done -> outbox.wake());
    }

    private Mono<KeyRecord> changed(DatabaseClient client, KeyRecord key, KeyRequests.Change change) {
        ObjectNode own =
                change.settings().map(patch -> patch.applyTo(key.settings())).orElse(key.settings());
        KeyRequests.Expiry expiry = change.expiry().orElse(new KeyRequests.Expiry(key.ownExpiresAt()));
        return client.sql("""
                        UPDATE api_key SET name = :name, expires_at = :expires, ip_ranges = :ranges,
                            settings = CAST(:settings AS jsonb)
                        WHERE tenant_id = :tenant AND key_id = :key""")
                .bind("name", change.name().orElse(key.name()))
                .bind("expires", Column.parameter(expiry.at(), Instant.class))
                .bind("ranges", change.ipRanges().orElse(key.ipRanges()).toArray(String[]::new))
                .bind("settings", own.toString())
                .bind("tenant", key.tenant().value())
                .bind("key", key.keyId())
                .then()
                .then(Mono.defer(() -> keys.changed(client, key.tenant(), key.keyId())))
                .delayUntil(after -> trail.record(
                        client,
                        key.tenant(),
                        Trail.Change.of("key.changed", target(key.keyId())).from(Shown.of(key), Shown.of(after))));
    }

    private static void refuseLivingOn(KeyRecord key, KeyRequests.Change change) {
        if (key.rotatedTo() == null || change.expiry().isEmpty()) {
            return;
        }
        Instant end = key.ownExpiresAt();
        Instant wanted = change.expiry().get().at();
        if (wanted == null || (end != null && wanted.isAfter(end))) {
            throw PlatformException.of(
                    ProblemType.UNPROCESSABLE,
                    "expiresAt",
                    "The key was rotated and ends at " + end + ". That can be brought forward, not put off.");
        }
    }

    /// The tenant's quota of keys, once the tenant is locked.
    private Mono<Long> quota(DatabaseClient client, TenantId tenant) {
        return directory
                .locked(client, tenant)
                .flatMap(found -> settings.inForce(client, found.id(), found.plan()))
                .map(cascade -> cascade.at("limits.keys").orElseThrow().value().longValue());
    }

    private static String target(String keyId) {
        return "key:" + keyId;
    }

    private static PlatformException conflict(String message) {
        return PlatformException.of(ProblemType.CONFLICT, "keyId", message);
    }

    /// What the trail keeps a digest of.
    record Shown(String name, List<String> scopes, String expiresAt, List<String> ipRanges, ObjectNode settings) {

        static Shown of(KeyRecord key) {
            return of(new ApiKeys.Wish(key.name(), key.scopes(), key.ownExpiresAt(), key.ipRanges(), key.settings()));
        }

        static Shown of(ApiKeys.Wish wish) {
            return new Shown(
                    wish.name(),
                    wish.scopes().stream().map(Enum::name).sorted().toList(),
                    String.valueOf(wish.expiresAt()),
                    wish.ipRanges(),
                    wish.settings());
        }
    }
}
