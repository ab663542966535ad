package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassportTests {

    private static final TenantContext TENANT =
            new TenantContext(TenantId.of("0195a0c0-0000-7000-8000-00000000000a"), "growth", Placement.POOL, "local");

    private final Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T10:00:00Z"));
    private final Path trusted;
    private final SigningKey gateway;
    private final PassportVerifier verifier;

    PassportTests(@TempDir Path directory) throws IOException {
        this.directory = directory;
        trusted = Files.createDirectory(directory.resolve("trusted"));
        gateway = newKey("gateway");
        verifier = new PassportVerifier(TrustedKeys.load(trusted, now::get), Set.of("gateway", "billing"), now::get);
    }

    @Test
    void whatTheGatewaySignedIsReadBack() {
        Passport passport = verifier.verify(mint(gateway));
        assertThat(passport.tenant()).isEqualTo(TENANT);
        assertThat(passport.subject()).isEqualTo("key:abc");
        assertThat(passport.issuer()).isEqualTo("gateway");
        assertThat(passport.allows(Scope.INFERENCE)).isTrue();
        assertThat(passport.allows(Scope.PLATFORM_ADMIN)).isFalse();
        assertThat(passport.expiresAt()).isEqualTo(now.get().plusSeconds(60));
    }

    @Test
    void anExpiredPassportIsRefusedAlsoWhenItWasSeenBefore() {
        String token = mint(gateway);
        assertThat(verifier.verify(token).id()).isNotEmpty();
        now.set(now.get().plusSeconds(66));
        assertRefused(token);
    }

    @Test
    void aPassportSignedByAKeyThatNobodyTrustsIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        assertRefused(mint(SigningKey.load(KeyPairFiles.generate("gateway", directory, elsewhere))));
    }

    @Test
    void aPassportSignedByATrustedServiceThatMayNotIssueIsRefused() throws IOException {
        assertRefused(mint(newKey("intruder")));
    }

    @Test
    void aKeyCannotSpeakForAnotherService() throws IOException {
        SigningKey billing = newKey("billing");
        assertRefused(mint(new SigningKey("gateway", billing.id(), billing.key())));
    }

    @Test
    void algorithmNoneIsRefused() throws JoseException {
        String claims = payload(mint(gateway));
        JsonWebSignature unsigned = new JsonWebSignature();
        unsigned.setPayload(claims);
        unsigned.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        unsigned.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        unsigned.setKeyIdHeaderValue(gateway.id());
        assertRefused(unsigned.getCompactSerialization());
    }

    @Test
    void anotherAudienceIsRefused() throws JoseException {
        assertRefused(resigned(claims -> claims.replace(Passport.MESH, "somebody-else")));
    }

    @Test
    void aLifetimeOfAnHourIsRefusedThoughCorrectlySigned() throws JoseException {
        long exp = now.get().plusSeconds(60).getEpochSecond();
        assertRefused(resigned(claims -> claims.replace("\"exp\":" + exp, "\"exp\":" + (exp + 3600))));
    }

    @Test
    void aMissingTenantIsRefused() throws JoseException {
        assertRefused(resigned(claims -> claims.replace("\"tenant\"", "\"tenent\"")));
    }

    @Test
    void aChangedPayloadIsRefused() {
        String token = mint(gateway);
        String[] parts = token.split("\\.");
        String forged = payload(token).replace("growth", "enterprise");
        assertRefused(parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(forged.getBytes(StandardCharsets.UTF_8)) + "."
                + parts[2]);
        assertRefused("not a token");
        assertRefused("");
    }

    @Test
    void aKeyAddedLaterIsFoundWithoutARestart() throws IOException {
        SigningKey second = newKey("gateway");
        now.set(now.get().plusSeconds(6));
        assertThat(verifier.verify(mint(second)).issuer()).isEqualTo("gateway");
    }

    @Test
    void thePrivateKeyFileIsReadableByItsOwnerOnly() throws IOException {
        Path file = KeyPairFiles.generate("tenant", directory, trusted);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aBrokenKeyFileIsNamedWithItsSetting() throws IOException {
        Path broken = Files.writeString(directory.resolve("gateway.0.pem"), "nonsense");
        assertThatThrownBy(() -> SigningKey.load(broken))
                .isInstanceOf(InvalidSecurityFileException.class)
                .hasMessageContaining("weir.security.signing-key")
                .hasMessageContaining("gateway.0.pem");
    }

    private SigningKey newKey(String service) throws IOException {
        return SigningKey.load(KeyPairFiles.generate(service, directory, trusted));
    }

    private String mint(SigningKey key) {
        return new PassportIssuer(key, now::get).mint(TENANT, "key:abc", "abc", Set.of(Scope.INFERENCE));
    }

    private String resigned(UnaryOperator<String> change) throws JoseException {
        String claims = payload(mint(gateway));
        String changed = change.apply(claims);
        assertThat(changed).isNotEqualTo(claims);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(changed);
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.EDDSA);
        signature.setKeyIdHeaderValue(gateway.id());
        signature.setKey(gateway.key());
        return signature.getCompactSerialization();
    }

    private static String payload(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(PassportRefusedException.class);
    }
}
