package io.weir.security;

import io.weir.tenancy.TenantContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/// Signs passports: EdDSA JSON Web Tokens (RFC 8037) that live for a minute. Safe for use by many threads.
public final class PassportIssuer {

    /// How long a passport is good for.
    public static final Duration LIFETIME = Duration.ofSeconds(60);

    private final SigningKey key;
    private final InstantSource clock;

    public PassportIssuer(SigningKey key, InstantSource clock) {
        this.key = key;
        this.clock = clock;
    }

    /// A passport for a caller that this service has authenticated.
    public String mint(TenantContext tenant, String subject, String keyId, Set<Scope> scopes) {
        JwtClaims claims = new JwtClaims();
        claims.setJwtId(UUID.randomUUID().toString());
        claims.setIssuer(key.service());
        claims.setAudience(Passport.MESH);
        claims.setSubject(subject);
        long now = clock.instant().getEpochSecond();
        claims.setIssuedAt(NumericDate.fromSeconds(now));
        claims.setExpirationTime(NumericDate.fromSeconds(now + LIFETIME.toSeconds()));
        claims.setStringClaim("tenant", tenant.id().toString());
        claims.setStringClaim("plan", tenant.plan());
        claims.setStringClaim("placement", tenant.placement().wireName());
        claims.setStringClaim("region", tenant.region());
        claims.setStringClaim("key", keyId);
        claims.setStringListClaim(
                "scopes", scopes.stream().map(Scope::wireName).sorted().toList());
        return signed(claims);
    }

    /// A passport for this service itself, acting for a tenant.
    public String mintForService(TenantContext tenant, Set<Scope> scopes) {
        String self = "service:" + key.service();
        return mint(tenant, self, self, scopes);
    }

    private String signed(JwtClaims claims) {
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
