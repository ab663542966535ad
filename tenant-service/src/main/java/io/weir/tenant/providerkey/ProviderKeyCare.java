package io.weir.tenant.providerkey;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.r2dbc.TenantTransaction;
import io.weir.security.Pepper;
import io.weir.security.ProviderKeyVault;
import io.weir.tenancy.TenantId;
import io.weir.tenant.directory.TenantDirectory;
import io.weir.tenant.publication.Outbox;
import io.weir.tenant.publication.Publication;
import io.weir.tenant.trail.Trail;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/// What the administrator of the tenant in scope does with its provider keys. Changes of one tenant follow one another:
/// the tenant is locked.
@Component
final class ProviderKeyCare {

    private static final String FINGERPRINT = "provider-key";
    private static final int FINGERPRINT_LENGTH = 16;

    private final TenantTransaction transaction;
    private final TenantDirectory directory;
    private final ProviderKeys keys;
    private final @Nullable ProviderKeyVault vault;
    private final Pepper pepper;
    private final Trail trail;
    private final Outbox outbox;
    private final Clock clock;

    ProviderKeyCare(
            TenantTransaction transaction,
            TenantDirectory directory,
            ProviderKeys keys,
            ObjectProvider<ProviderKeyVault> vault,
            Pepper pepper,
            Trail trail,
            Outbox outbox,
            Clock clock) {
        this.transaction = transaction;
        this.directory = directory;
        this.keys = keys;
        this.vault = vault.getIfAvailable();
        this.pepper = pepper;
        this.trail = trail;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// What became of a wish.
    ///
    /// @param first whether the tenant had no key for the provider before
    record Done(ProviderKey key, boolean first) {}

    Mono<List<ProviderKey>> all(TenantId tenant) {
        return transaction.in(
                client -> directory.read(client, tenant).then(Mono.defer(() -> keys.all(client, tenant))));
    }

    /// Fails with a 503 where the platform has nothing to seal it with.
    Mono<Done> set(TenantId tenant, String provider, ProviderKeyWish wish) {
        return Mono.fromCallable(() -> sealed(tenant, provider, wish))
                .flatMap(key -> transaction.in(client -> replaced(client, key)))
                .doOnSuccess(done -> outbox.wake());
    }

    private ProviderKey sealed(TenantId tenant, String provider, ProviderKeyWish wish) {
        if (vault == null) {
            throw new PlatformException(
                    ProblemType.SERVICE_UNAVAILABLE,
                    "This platform takes no provider keys: it has nothing to encrypt them with. Ask the operator to set"
                            + " weir.security.provider-keyset.");
        }
        UUID id = UUID.randomUUID();
        byte[] sealed =
                vault.seal(wish.apiKey(), new ProviderKeyVault.Place(tenant, provider, id.toString(), wish.baseUrl()));
        return new ProviderKey(
                tenant,
                provider,
                id,
                Base64.getEncoder().encodeToString(sealed),
                wish.lastFour(),
                pepper.digest(FINGERPRINT, wish.apiKey()).substring(0, FINGERPRINT_LENGTH),
                wish.baseUrl(),
                wish.fallback(),
                1,
                clock.instant());
    }

    private Mono<Done> replaced(DatabaseClient client, ProviderKey wanted) {
        return directory
                .locked(client, wanted.tenant())
                .then(Mono.defer(() -> keys.find(client, wanted.tenant(), wanted.provider()))
                        .filter(before -> before.sealed() != null)
                        .map(ProviderKeyView::of)
                        .flatMap(before -> set(client, wanted, before))
                        .switchIfEmpty(Mono.defer(() -> set(client, wanted, null))));
    }

    private Mono<Done> set(DatabaseClient client, ProviderKey wanted, @Nullable ProviderKeyView before) {
        String action = before == null ? "provider-key.set" : "provider-key.replaced";
        return keys.set(client, wanted)
                .delayUntil(after -> trail.record(
                        client,
                        after.tenant(),
                        Trail.Change.of(action, target(after)).from(before, ProviderKeyView.of(after))))
                .map(after -> new Done(after, before == null));
    }

    /// Fails with a 404 where there never was one. What was deleted already stays so.
    Mono<Publication> delete(TenantId tenant, String provider) {
        return transaction
                .in(client -> directory
                        .locked(client, tenant)
                        .then(Mono.defer(() -> keys.find(client, tenant, provider)))
                        .switchIfEmpty(Mono.error(ProviderKeys::unknown))
                        .flatMap(before -> before.sealed() == null ? Mono.just(before) : deleted(client, before)))
                .doOnSuccess(done -> outbox.wake())
                .map(ProviderKey::publication);
    }

    private Mono<ProviderKey> deleted(DatabaseClient client, ProviderKey before) {
        return keys.delete(client, before)
                .delayUntil(after -> trail.record(
                        client,
                        after.tenant(),
                        Trail.Change.of("provider-key.deleted", target(before))
                                .from(ProviderKeyView.of(before), null)));
    }

    private static String target(ProviderKey key) {
        return "provider-key:" + key.provider();
    }
}
