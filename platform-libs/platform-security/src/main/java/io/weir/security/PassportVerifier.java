package io.weir.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.UnresolvableKeyException;

/// Checks passports: signature by a service we trust, EdDSA only, our audience, not expired, none missing a
/// claim. A passport is used for many calls, so verified ones are remembered until they expire. Safe for use by
/// many threads.
public final class PassportVerifier {

    private static final int REMEMBERED = 20_000;
    private static final int CLOCK_SKEW_SECONDS = 5;

    private final TrustedKeys keys;
    private final Set<String> issuers;
    private final InstantSource clock;
    private final Cache<String, Passport> verified =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();
    private volatile long retirementsSeen;

    /// @param issuers the services whose passports are taken
    public PassportVerifier(TrustedKeys keys, Set<String> issuers, InstantSource clock) {
        this.keys = keys;
        this.issuers = Set.copyOf(issuers);
        this.clock = clock;
    }

    /// Throws [PassportRefusedException] saying what is wrong with it.
    public Passport verify(String token) {
        forgetAfterRetirement();
        Passport known = verified.getIfPresent(token);
        Instant now = clock.instant();
        if (known != null && now.isBefore(known.expiresAt())) {
            return known;
        }
        Passport passport = verifiedAnew(token, now);
        verified.put(token, passport);
        return passport;
    }

    // Passports of a key that is trusted no longer are worth nothing at once.
    private void forgetAfterRetirement() {
        long now = keys.retirements();
        if (now != retirementsSeen) {
            retirementsSeen = now;
            verified.invalidateAll();
        }
    }

    private Passport verifiedAnew(String token, Instant now) {
        JwtConsumer consumer = new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(new AlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.EDDSA))
                .setVerificationKeyResolver(
                        (signature, nesting) -> keys.find(String.valueOf(signature.getKeyIdHeaderValue()))
                                .filter(key -> issuers.contains(key.service()))
                                .orElseThrow(() -> new UnresolvableKeyException("no trusted key of that id"))
                                .key())
                .setExpectedAudience(Passport.MESH)
                .setRequireExpirationTime()
                .setRequireIssuedAt()
                .setRequireJwtId()
                .setRequireSubject()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setMaxFutureValidityInMinutes(2)
                .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
                .build();
        try {
            return read(consumer.processToClaims(token), signer(token, consumer));
        } catch (InvalidJwtException | MalformedClaimException | IllegalArgumentException refused) {
            throw new PassportRefusedException(refused);
        }
    }

    // The issuer claim must be the service whose key signed it: gateway's key must not speak for billing.
    private String signer(String token, JwtConsumer consumer) throws InvalidJwtException {
        String id = consumer.process(token).getJoseObjects().getFirst().getKeyIdHeaderValue();
        return keys.find(id).map(TrustedKeys.TrustedKey::service).orElseThrow(IllegalArgumentException::new);
    }

    private static Passport read(JwtClaims claims, String signer) throws MalformedClaimException {
        if (!signer.equals(claims.getIssuer())) {
            throw new IllegalArgumentException("issuer " + claims.getIssuer() + " (expected: " + signer + ")");
        }
        TenantContext tenant = new TenantContext(
                TenantId.of(required(claims, "tenant")),
                required(claims, "plan"),
                Placement.valueOf(required(claims, "placement").toUpperCase(Locale.ROOT)),
                required(claims, "region"));
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String word : claims.getStringListClaimValue("scopes")) {
            scopes.add(Scope.of(word));
        }
        String role = claims.getStringClaimValue("role");
        return new Passport(
                claims.getJwtId(),
                signer,
                Passport.MESH,
                tenant,
                claims.getSubject(),
                required(claims, "key"),
                scopes,
                role == null ? null : Role.of(role),
                Instant.ofEpochSecond(claims.getExpirationTime().getValue()));
    }

    private static String required(JwtClaims claims, String name) throws MalformedClaimException {
        String value = claims.getStringClaimValue(name);
        if (value == null) {
            throw new IllegalArgumentException("claim " + name + " is missing");
        }
        return value;
    }
}
