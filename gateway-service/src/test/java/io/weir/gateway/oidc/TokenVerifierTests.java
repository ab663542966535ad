package io.weir.gateway.oidc;

import static io.weir.gateway.TestIssuer.AUDIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.gateway.TestIssuer;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Role;
import io.weir.testing.Eventually;
import io.weir.testing.MutableClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.ConnectionProvider;

class TokenVerifierTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SKEW = Duration.ofSeconds(30);

    private final TestIssuer issuer = new TestIssuer();
    private final MutableClock clock = MutableClock.at(Instant.now().toString());
    private final TokenVerifier verifier = verifier(null, Set.of());

    TokenVerifierTests() throws Exception {}

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void aTokenSaysWhoTheyAreAndWhatIsClaimed() {
        VerifiedToken token = verified(issuer.token(
                "ada",
                Map.of(
                        "org",
                        List.of("acme", "globex"),
                        "realm_access",
                        Map.of("roles", List.of("dev")),
                        "email",
                        "Ada@Example.com",
                        "email_verified",
                        true)));
        assertThat(token.subject()).isEqualTo("ada");
        assertThat(token.email()).isEqualTo("ada@example.com");
        assertThat(token.tenants()).containsExactly("acme", "globex");
        assertThat(token.roles()).containsExactly("dev");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "pss", "ec", "ed"})
    void everyAcceptedAlgorithmHolds(String kind) throws Exception {
        issuer.rotateTo(
                switch (kind) {
                    case "pss" -> TestIssuer.rsaPss(kind);
                    case "ec" -> TestIssuer.ec(kind);
                    case "ed" -> TestIssuer.ed(kind);
                    default -> TestIssuer.rsa(kind);
                });
        assertThat(verified(token(claims -> {})).subject()).isEqualTo("ada");
    }

    @Test
    void anAddressThatNobodyVerifiedIsNobodys() {
        assertThat(verified(issuer.token("ada", Map.of("email", "a@b.de"))).email())
                .isNull();
        assertThat(verified(issuer.token("ada", Map.of("email", "a@b.de", "email_verified", false)))
                        .email())
                .isNull();
        assertThat(verified(issuer.token("ada", Map.of("email", "a@b.de", "email_verified", "true")))
                        .email())
                .isNull();
    }

    // The Kelvin sign in lower case is a k: another mailbox would be taken for kate's.
    @Test
    void anAddressWithLettersBeyondAsciiIsNobodys() {
        Map<String, Object> claims = Map.of("email", "\u212Aate@example.com", "email_verified", true);
        assertThat(verified(issuer.token("mallory", claims)).email()).isNull();
    }

    @Test
    void aTimeBeyondAllCalendarsIsRefused() {
        refused(token(claims -> claims.setClaim("exp", Long.MAX_VALUE / 10)), "not of its type");
        refused(token(claims -> claims.setClaim("iat", Long.MIN_VALUE / 10)), "not of its type");
    }

    @Test
    void aTokenWithoutASignatureIsRefused() {
        JwtClaims claims = issuer.claims("ada", one -> {});
        refused(TestIssuer.signed(claims, AlgorithmIdentifiers.NONE, "first", null), "RS256");
        String payload = base64(claims.toJson());
        refused(base64("{\"alg\":\"NONE\"}") + "." + payload + ".", "RS256");
        refused(base64("{\"alg\":\"RS256\",\"kid\":\"first\"}") + "." + payload + ".", "");
        refused(base64("{\"alg\":\"RS256\",\"kid\":\"first\"}") + "." + payload + ".AAAA", "signature");
    }

    @Test
    void thePublicKeyIsNoSecretToSignWith() {
        JwtClaims claims = issuer.claims("ada", one -> {});
        byte[] published = issuer.signing().getPublicKey().getEncoded();
        refused(TestIssuer.signed(claims, "HS256", "first", new HmacKey(published)), "RS256");
        byte[] pem = ("-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(published)
                        + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
        refused(TestIssuer.signed(claims, "HS512", "first", new HmacKey(pem)), "RS256");
    }

    @Test
    void aKeyThatTheTokenBringsAlongIsNotLookedAt() throws Exception {
        PublicJsonWebKey own = TestIssuer.rsa("first");
        JwtClaims claims = issuer.claims("ada", one -> {});
        refused(TestIssuer.signed(claims, "RS256", "first", own.getPrivateKey()), "signature");
        refused(TestIssuer.signed(claims, "RS256", "mine", own.getPrivateKey()), "does not list");
    }

    @Test
    void aKeyIsUsedForItsOwnAlgorithmOnly() throws Exception {
        JwtClaims claims = issuer.claims("ada", one -> {});
        refused(TestIssuer.signed(claims, "PS256", "first", issuer.signing().getPrivateKey()), "algorithm");
    }

    @Test
    void whatIsMeantForOthersIsRefused() {
        refused(token(claims -> claims.setAudience("another-api")), "audience");
        refused(token(claims -> claims.unsetClaim("aud")), "audience");
        refused(token(claims -> claims.setIssuer("https://evil.example.com")), "issuer");
        refused(token(claims -> claims.setIssuer(issuer.name() + "/")), "issuer");
    }

    @Test
    void timesAreTakenWithTheSkewAndNoFurther() {
        Instant now = clock.instant();
        verified(ending(now.minusSeconds(25)));
        refused(ending(now.minusSeconds(35)), "expired");
        verified(token(claims -> claims.setNotBefore(at(now.plusSeconds(25)))));
        refused(token(claims -> claims.setNotBefore(at(now.plusSeconds(35)))), "not valid yet");
        verified(token(claims -> claims.setIssuedAt(at(now.plusSeconds(25)))));
        refused(token(claims -> claims.setIssuedAt(at(now.plusSeconds(35)))), "future");
        refused(token(claims -> claims.unsetClaim("exp")), "expire");
        refused(token(claims -> claims.unsetClaim("sub")), "subject");
    }

    @Test
    void aTokenThatWasProvenBeforeEndsAllTheSame() {
        String token = token(claims -> {});
        verified(token);
        clock.advance(Duration.ofMinutes(5).plus(SKEW).plusSeconds(1));
        refused(token, "expired");
    }

    @Test
    void aHugeTokenIsRefusedUnread() {
        refused("e".repeat(8_193), "longer than 8192");
        refused("e30." + "A".repeat(8_000) + ".x", "");
        refused(issuer.token("ada", Map.of("padding", "x".repeat(9_000))), "longer than 8192");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "a.b.c", "e30.e30.", "bnVsbA.bnVsbA.x", "a.b.c.d.e", "W10.e30.x", "....", "é.é.é"
            })
    void whatIsNoTokenIsRefusedAndNothingElseHappens(String text) {
        refused(text, "");
        assertThat(issuer.fetches()).isZero();
    }

    @Test
    void aRotationIsFollowedAndAWithdrawnKeyOpensNothingMore() throws Exception {
        PublicJsonWebKey old = issuer.signing();
        String before = token(claims -> {});
        verified(before);
        issuer.rotateTo(TestIssuer.ec("second"));
        clock.advance(Duration.ofSeconds(11));
        verified(token(claims -> {}));
        verified(before);
        issuer.withdraw(old);
        verifier.refreshed().block(LIMIT);
        refused(before, "does not list");
        verified(token(claims -> {}));
    }

    @Test
    void aStormOfUnknownKeysFetchesOncePerInterval() {
        verified(token(claims -> {}));
        assertThat(issuer.fetches()).isEqualTo(1);
        List<String> forged = IntStream.range(0, 500)
                .mapToObj(i -> base64("{\"alg\":\"RS256\",\"kid\":\"k" + i + "\"}") + "."
                        + base64(issuer.claims("ada", one -> {}).toJson()) + ".AAAA")
                .toList();
        storm(forged);
        assertThat(issuer.fetches()).as("within the interval").isEqualTo(1);
        clock.advance(Duration.ofSeconds(11));
        storm(forged);
        assertThat(issuer.fetches()).as("after the interval").isEqualTo(2);
    }

    @Test
    void theLastGoodKeysServeWhileTheIssuerIsAway() {
        verified(token(claims -> {}));
        issuer.away(true);
        clock.advance(Duration.ofMinutes(10));
        verifier.refreshed().block(LIMIT);
        verified(token(claims -> {
            claims.setIssuedAt(at(clock.instant()));
            claims.setExpirationTime(at(clock.instant().plusSeconds(300)));
        }));
    }

    @Test
    void anIssuerThatNeverAnsweredIsA503UntilItDoes() {
        issuer.away(true);
        String token = token(claims -> {});
        assertThat(refusal(token).type()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE);
        issuer.away(false);
        assertThat(refusal(token).type()).as("not asked again at once").isEqualTo(ProblemType.SERVICE_UNAVAILABLE);
        // A connection that died while it was away may cost one more attempt.
        Eventually.passes(() -> {
            clock.advance(Duration.ofSeconds(11));
            verified(token);
        });
    }

    @Test
    void anIssuerNamesOnlyTheTenantsThatItIsTrustedWith() {
        VerifiedToken token = verifier(null, Set.of("acme"))
                .verify(issuer.token("ada", Map.of("org", List.of("acme", "globex"))))
                .block(LIMIT);
        assertThat(token).isNotNull();
        assertThat(token.tenants()).containsExactly("acme");
    }

    @Test
    void keysComeByHttpsOrFromThisMachine() {
        for (String unsafe :
                List.of("http://id.example.com/keys", "ftp://127.0.0.1/keys", "file:///etc/passwd", "keys")) {
            assertThatThrownBy(() -> verifier(URI.create(unsafe), Set.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("jwks-uri");
        }
    }

    private String ending(Instant end) {
        return token(claims -> {
            claims.setIssuedAt(at(end.minusSeconds(300)));
            claims.setExpirationTime(at(end));
        });
    }

    private void storm(List<String> forged) {
        List<PlatformException> refusals = Flux.fromIterable(forged)
                .flatMap(
                        token -> verifier.verify(token)
                                .then(Mono.<PlatformException>empty())
                                .onErrorResume(PlatformException.class, Mono::just),
                        64)
                .collectList()
                .block(LIMIT);
        assertThat(refusals).hasSize(forged.size());
    }

    private String token(Consumer<JwtClaims> change) {
        return issuer.token("ada", change);
    }

    private VerifiedToken verified(String token) {
        VerifiedToken good = verifier.verify(token).block(LIMIT);
        assertThat(good).isNotNull();
        return good;
    }

    private void refused(String token, String says) {
        PlatformException refused = refusal(token);
        assertThat(refused.type()).isEqualTo(ProblemType.INVALID_TOKEN);
        assertThat(refused).hasMessageContaining(says);
    }

    private PlatformException refusal(String token) {
        return Mono.defer(() -> verifier.verify(token))
                .then(Mono.<PlatformException>error(() -> new AssertionError("accepted")))
                .onErrorResume(PlatformException.class, Mono::just)
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private TokenVerifier verifier(@Nullable URI keys, Set<String> tenants) {
        OidcProperties.Issuer one = new OidcProperties.Issuer(
                issuer.name(),
                Set.of(AUDIENCE),
                keys,
                "org",
                "realm_access.roles",
                Map.of("dev", Role.DEVELOPER),
                "email",
                tenants,
                SKEW);
        OidcProperties properties = new OidcProperties(
                List.of(one), Duration.ofMinutes(5), Duration.ofSeconds(10), Duration.ofSeconds(2), 8_192);
        IssuerKeys found = new IssuerKeys(
                one.issuer(),
                new JwksFetch(one, ConnectionProvider.create("test", 2), properties.timeout()).keys(),
                properties.refetchAfter(),
                clock);
        return new TokenVerifier(Map.of(one.issuer(), new TrustedIssuer(one, found)), properties, clock);
    }

    private static NumericDate at(Instant time) {
        return NumericDate.fromSeconds(time.getEpochSecond());
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
