package io.weir.gateway.oidc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// One issuer's keys in memory. Refreshed in the background; the last good set stands in while the issuer is away. A
/// key
/// that is not among them has them fetched anew, at most once per interval however many tokens name it, and all who
/// wait share one fetch.
final class IssuerKeys {

    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    private final String issuer;
    private final Mono<JsonWebKeySet> fetch;
    private final Duration refetchAfter;
    private final InstantSource clock;
    private final AtomicLong fetches = new AtomicLong();
    private volatile @Nullable Known known;
    private @Nullable Mono<Void> running;
    private @Nullable Instant lastBegun;

    IssuerKeys(String issuer, Mono<JsonWebKeySet> fetch, Duration refetchAfter, InstantSource clock) {
        this.issuer = issuer;
        this.fetch = fetch;
        this.refetchAfter = refetchAfter;
        this.clock = clock;
    }

    private record Known(List<JsonWebKey> keys, Instant since, long generation) {}

    /// Rises with every set that differs from the one before; tokens proven under another one are proven anew.
    long generation() {
        Known now = known;
        return now == null ? 0 : now.generation();
    }

    /// How many fetches were begun.
    long fetches() {
        return fetches.get();
    }

    /// How old the set is that tokens are checked against; empty before there is one.
    Optional<Duration> age() {
        Known now = known;
        return now == null ? Optional.empty() : Optional.of(Duration.between(now.since(), clock.instant()));
    }

    /// The key of that id; without one, the only one of its type. Empty where the issuer has none. Fails when the
    /// issuer's keys could never be had.
    Mono<JsonWebKey> find(@Nullable String id, String keyType) {
        return Mono.defer(() -> {
            Optional<JsonWebKey> found = among(id, keyType);
            return found.isPresent() ? Mono.just(found.get()) : refetched().then(Mono.defer(() -> again(id, keyType)));
        });
    }

    /// Fetches the set, whenever it was fetched before. Does not fail.
    Mono<Void> refresh() {
        return Mono.defer(this::fetchShared);
    }

    private Mono<JsonWebKey> again(@Nullable String id, String keyType) {
        if (known == null) {
            return Mono.error(new KeysUnavailableException(issuer));
        }
        return Mono.justOrEmpty(among(id, keyType));
    }

    private Optional<JsonWebKey> among(@Nullable String id, String keyType) {
        Known now = known;
        if (now == null) {
            return Optional.empty();
        }
        List<JsonWebKey> fitting = now.keys().stream()
                .filter(key -> keyType.equals(key.getKeyType()))
                .filter(key -> key.getUse() == null || key.getUse().equals("sig"))
                .filter(key -> id == null || id.equals(key.getKeyId()))
                .toList();
        return fitting.size() == 1 ? Optional.of(fitting.getFirst()) : Optional.empty();
    }

    private Mono<Void> refetched() {
        synchronized (this) {
            Instant last = lastBegun;
            boolean soon = last != null && clock.instant().isBefore(last.plus(refetchAfter));
            if (running == null && soon) {
                return Mono.empty();
            }
        }
        return fetchShared();
    }

    private synchronized Mono<Void> fetchShared() {
        Mono<Void> shared = running;
        if (shared == null) {
            lastBegun = clock.instant();
            fetches.incrementAndGet();
            shared = fetch.doOnNext(this::take)
                    .doOnError(failure ->
                            LOG.warn("The keys of {} could not be fetched; the last good ones stay", issuer, failure))
                    .then()
                    .onErrorComplete()
                    // Before those who wait hear of it: who asks again next must not be handed the fetch that is over.
                    .doOnTerminate(this::ended)
                    .cache();
            running = shared;
        }
        return shared;
    }

    private synchronized void ended() {
        running = null;
    }

    private void take(JsonWebKeySet set) {
        Known before = known;
        List<JsonWebKey> keys = List.copyOf(set.getJsonWebKeys());
        boolean same = before != null && text(before.keys()).equals(text(keys));
        long generation = before == null ? 1 : before.generation() + (same ? 0 : 1);
        known = new Known(keys, clock.instant(), generation);
    }

    private static String text(List<JsonWebKey> keys) {
        return new JsonWebKeySet(keys).toJson();
    }
}
