package io.weir.security;

import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/// Signs passports: EdDSA JSON Web Tokens (RFC 8037) that live for a minute. Safe for use by many threads.
public final class PassportIssuer {

    /// How long a passport is good for.
    public static final Duration LIFETIME = Duration.ofSeconds(60);

    private final Supplier<SigningKey> keys;
    private final InstantSource clock;

    public PassportIssuer(SigningKey key, InstantSource clock) {
        this(() -> key, clock);
    }

    /// @param keys gives the key to sign with now
    public PassportIssuer(Supplier<SigningKey> keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /// A passport for a caller that this service has authenticated.
    public String mint(TenantContext tenant, String subject, String keyId, Set<Scope> scopes) {
        return signed(claims(tenant, subject, keyId, scopes, clock.instant().plus(LIFETIME)));
    }

    /// A passport for a person that this service has authenticated.
    ///
    /// @param notAfter when what the person came with ends; the passport ends then at the latest
    public String mintForPerson(TenantContext tenant, String subject, Role role, Instant notAfter) {
        Instant end = clock.instant().plus(LIFETIME);
        JwtClaims claims = claims(tenant, subject, subject, role.scopes(), notAfter.isBefore(end) ? notAfter : end);
        claims.setStringClaim("role", role.wireName());
        return signed(claims);
    }

    private JwtClaims claims(TenantContext tenant, String subject, String keyId, Set<Scope> scopes, Instant expiresAt) {
        JwtClaims claims = new JwtClaims();
        claims.setJwtId(UUID.randomUUID().toString());
        claims.setIssuer(keys.get().service());
        claims.setAudience(Passport.MESH);
        claims.setSubject(subject);
        claims.setIssuedAt(NumericDate.fromSeconds(clock.instant().getEpochSecond()));
        claims.setExpirationTime(NumericDate.fromSeconds(expiresAt.getEpochSecond()));
        claims.setStringClaim("tenant", tenant.id().toString());
        claims.setStringClaim("plan", tenant.plan());
        claims.setStringClaim("placement", tenant.placement().wireName());
        claims.setStringClaim("region", tenant.region());
        claims.setStringClaim("key", keyId);
        claims.setStringListClaim(
                "scopes", scopes.stream().map(Scope::wireName).sorted().toList());
        return claims;
    }

    /// A passport for this service itself, acting for a tenant.
    public String mintForService(TenantContext tenant, Set<Scope> scopes) {
        String self = "service:" + keys.get().service();
        return mint(tenant, self, self, scopes);
    }

    private String signed(JwtClaims claims) {
        SigningKey key = keys.get();
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        signature.setKeyIdHeaderValue(key.id());
        signature.setKey(key.key());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException broken) {
            throw new IllegalStateException("passport cannot be signed with " + key, broken);
        }
    }
}
