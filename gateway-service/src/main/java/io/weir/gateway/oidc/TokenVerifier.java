package io.weir.gateway.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Proves tokens of the issuers that are configured. A token is sent with many calls, so proven ones are remembered
/// until they expire or their issuer's keys change. Safe for use by many threads.
public final class TokenVerifier implements SmartLifecycle {

    private static final int REMEMBERED = 20_000;

    private final Map<String, TrustedIssuer> issuers;
    private final OidcProperties properties;
    private final InstantSource clock;
    private final Cache<String, Proven> proven =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    private @Nullable Disposable refreshing;

    TokenVerifier(Map<String, TrustedIssuer> issuers, OidcProperties properties, InstantSource clock) {
        this.issuers = Map.copyOf(issuers);
        this.properties = properties;
        this.clock = clock;
    }

    private record Proven(VerifiedToken token, long generation) {}

    /// Whether any issuer is configured.
    public boolean isInUse() {
        return !issuers.isEmpty();
    }

    /// What roles the words in an issuer's tokens stand for.
    public Optional<OidcProperties.Issuer> issuer(String name) {
        return Optional.ofNullable(issuers.get(name)).map(TrustedIssuer::settings);
    }

    /// Fails with a 401 [PlatformException] that says what is wrong with the token, or a 503 one where its issuer's
    /// keys
    /// were never had. Waits for the keys at most once per interval, at most twice the timeout.
    public Mono<VerifiedToken> verify(String token) {
        if (token.length() > properties.maxTokenBytes()) {
            return refused("The token is longer than " + properties.maxTokenBytes() + " bytes, the limit.");
        }
        Proven known = proven.getIfPresent(token);
        if (known != null && holds(known)) {
            return Mono.just(known.token());
        }
        try {
            TokenHead head = TokenHead.of(token);
            TrustedIssuer issuer = issuers.get(head.issuer());
            return issuer == null
                    ? refused("The token's issuer is not one that is set up here. Sign in with one that is.")
                    : anew(token, head, issuer);
        } catch (TokenRefusedException refused) {
            return refused(String.valueOf(refused.getMessage()));
        }
    }

    private Mono<VerifiedToken> anew(String token, TokenHead head, TrustedIssuer issuer) {
        return issuer.keys()
                .find(head.keyId(), head.keyType())
                .switchIfEmpty(Mono.error(() -> new TokenRefusedException(
                        "The token is signed with a key that its issuer does not list. Sign in again.")))
                .map(key -> issuer.verify(token, head, key, clock.instant()))
                .doOnNext(
                        good -> proven.put(token, new Proven(good, issuer.keys().generation())))
                .onErrorMap(TokenRefusedException.class, TokenVerifier::problem)
                .onErrorMap(
                        KeysUnavailableException.class,
                        away -> new PlatformException(
                                ProblemType.SERVICE_UNAVAILABLE,
                                "The token cannot be checked: its issuer does not answer. Try again in a moment.",
                                away));
    }

    /// Whether a token that was proven is still within its time.
    public boolean isInTime(VerifiedToken token) {
        return clock.instant().isBefore(token.expiresAt());
    }

    private boolean holds(Proven known) {
        TrustedIssuer issuer = issuers.get(known.token().issuer());
        return issuer != null && issuer.keys().generation() == known.generation() && isInTime(known.token());
    }

    private static Mono<VerifiedToken> refused(String message) {
        return Mono.error(new PlatformException(ProblemType.INVALID_TOKEN, message));
    }

    private static PlatformException problem(TokenRefusedException refused) {
        return new PlatformException(ProblemType.INVALID_TOKEN, String.valueOf(refused.getMessage()));
    }

    /// How old the oldest set of keys is, in seconds; infinite while an issuer has none.
    double oldestKeys() {
        Collection<TrustedIssuer> all = issuers.values();
        return all.stream()
                .mapToDouble(one ->
                        one.keys().age().map(age -> age.toMillis() / 1_000.0).orElse(Double.POSITIVE_INFINITY))
                .max()
                .orElse(0);
    }

    /// How many fetches were begun.
    double fetches() {
        return issuers.values().stream().mapToLong(one -> one.keys().fetches()).sum();
    }

    @Override
    public void start() {
        refreshing = Flux.interval(Duration.ZERO, properties.refresh())
                .onBackpressureDrop()
                .concatMap(tick -> refreshed())
                .subscribe();
    }

    /// Fetches every issuer's keys. Does not fail.
    Mono<Void> refreshed() {
        return Flux.fromIterable(issuers.values())
                .flatMap(one -> one.keys().refresh())
                .then();
    }

    @Override
    public void stop() {
        if (refreshing != null) {
            refreshing.dispose();
            refreshing = null;
        }
    }

    @Override
    public boolean isRunning() {
        return refreshing != null;
    }
}
