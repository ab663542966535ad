package io.weir.gateway.oidc;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jspecify.annotations.Nullable;

/// One issuer: its settings, its keys, and how its tokens are read.
record TrustedIssuer(OidcProperties.Issuer settings, IssuerKeys keys) {

    private static final int LONGEST_SUBJECT = 255;

    /// Throws [TokenRefusedException] saying what is wrong with it.
    VerifiedToken verify(String token, TokenHead head, JsonWebKey key, Instant now) {
        if (!(key instanceof PublicJsonWebKey publicKey)
                || (key.getAlgorithm() != null && !key.getAlgorithm().equals(head.algorithm()))) {
            throw new TokenRefusedException("The token's key is not one for its algorithm. Sign in again.");
        }
        try {
            JwtClaims claims = new JwtConsumerBuilder()
                    .setJwsAlgorithmConstraints(new AlgorithmConstraints(
                            ConstraintType.PERMIT, TokenHead.algorithms().toArray(String[]::new)))
                    .setVerificationKey(publicKey.getPublicKey())
                    .setExpectedIssuer(settings.issuer())
                    .setExpectedAudience(settings.audience().toArray(String[]::new))
                    .setRequireExpirationTime()
                    .setRequireIssuedAt()
                    .setRequireSubject()
                    .setAllowedClockSkewInSeconds((int) settings.clockSkew().toSeconds())
                    .setEvaluationTime(NumericDate.fromMilliseconds(now.toEpochMilli()))
                    .build()
                    .processToClaims(token);
            demandIssuedInThePast(claims, now);
            return read(claims);
        } catch (InvalidJwtException refused) {
            throw new TokenRefusedException(explained(refused));
        } catch (MalformedClaimException | IllegalArgumentException | DateTimeException malformed) {
            throw new TokenRefusedException("A claim of the token is not of its type. Ask the issuer's operator.");
        }
    }

    private void demandIssuedInThePast(JwtClaims claims, Instant now) throws MalformedClaimException {
        Instant issued = Instant.ofEpochSecond(claims.getIssuedAt().getValue());
        if (issued.isAfter(now.plus(settings.clockSkew()))) {
            throw new TokenRefusedException("The token was issued in the future. Compare the issuer's clock.");
        }
    }

    private VerifiedToken read(JwtClaims claims) throws MalformedClaimException {
        String subject = claims.getSubject();
        if (subject.isBlank()
                || subject.length() > LONGEST_SUBJECT
                || !subject.chars().allMatch(TrustedIssuer::plain)) {
            throw new TokenRefusedException("The token's subject is not plain text of 1 to 255 characters.");
        }
        return new VerifiedToken(
                settings.issuer(),
                subject,
                email(claims),
                tenants(claims),
                new HashSet<>(texts(claims.getClaimsMap(), settings.rolesClaim())),
                Instant.ofEpochSecond(claims.getExpirationTime().getValue()).plus(settings.clockSkew()));
    }

    // An address that the issuer did not verify is anybody's to claim. Letters beyond ASCII may become others' in lower
    // case: the Kelvin sign becomes a k.
    private @Nullable String email(JwtClaims claims) {
        String claim = settings.emailClaim();
        if (claim == null || !Boolean.TRUE.equals(claims.getClaimValue("email_verified"))) {
            return null;
        }
        List<String> found = texts(claims.getClaimsMap(), claim);
        if (found.size() != 1 || !found.getFirst().strip().chars().allMatch(TrustedIssuer::plain)) {
            return null;
        }
        return found.getFirst().strip().toLowerCase(Locale.ROOT);
    }

    // An issuer speaks for the tenants that it is trusted with.
    private List<String> tenants(JwtClaims claims) {
        return texts(claims.getClaimsMap(), settings.tenantClaim()).stream()
                .filter(one ->
                        settings.tenants().isEmpty() || settings.tenants().contains(one))
                .toList();
    }

    private static boolean plain(int character) {
        return character > ' ' && character < 0x7f;
    }

    // The name itself first: claims in URL form have dots, too.
    private static List<String> texts(Map<String, Object> claims, @Nullable String claim) {
        if (claim == null) {
            return List.of();
        }
        Object value = claims.get(claim);
        if (value == null && claim.contains(".")) {
            value = claims;
            for (String step : claim.split("\\.", -1)) {
                value = value instanceof Map<?, ?> object ? object.get(step) : null;
            }
        }
        List<String> found = new ArrayList<>();
        if (value instanceof String one) {
            found.add(one);
        } else if (value instanceof List<?> several) {
            several.forEach(one -> found.add(String.valueOf(one)));
        }
        return found;
    }

    private static String explained(InvalidJwtException refused) {
        Map<Integer, String> reasons = Map.of(
                ErrorCodes.EXPIRED, "The token expired. Sign in again.",
                ErrorCodes.NOT_YET_VALID, "The token is not valid yet. Compare the issuer's clock.",
                ErrorCodes.AUDIENCE_INVALID, "The token is for another audience. Sign in to this platform.",
                ErrorCodes.AUDIENCE_MISSING, "The token names no audience. Sign in to this platform.",
                ErrorCodes.SIGNATURE_INVALID, "The token's signature does not hold. Sign in again.",
                ErrorCodes.EXPIRATION_MISSING, "The token does not expire, and is not accepted for that.",
                ErrorCodes.ISSUED_AT_MISSING, "The token does not say when it was issued (iat).",
                ErrorCodes.SUBJECT_MISSING, "The token names no subject.");
        Set<Integer> known = new TreeSet<>(reasons.keySet());
        return known.stream()
                .filter(refused::hasErrorCode)
                .findFirst()
                .map(reasons::get)
                .orElse("The token does not hold. Sign in again.");
    }
}
