package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTests {

    private static final TenantContext TENANT = new TenantContext(TenantId.PLATFORM, "free", Placement.POOL, "local");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path own;

    @SuppressWarnings("NullAway.Init")
    private Path trusted;

    @BeforeEach
    void make() throws Exception {
        own = Files.createDirectory(directory.resolve("own"));
        trusted = Files.createDirectory(directory.resolve("trusted"));
    }

    @Test
    void passportsHoldThroughARotationAndThoseOfARetiredKeyEndAtOnce() throws Exception {
        Path first = KeyPairFiles.generate("gateway", own, trusted);
        SigningKeys signing = SigningKeys.load(own);
        TrustedKeys keys = TrustedKeys.load(trusted, InstantSource.system());
        PassportIssuer issuer = new PassportIssuer(signing, InstantSource.system());
        PassportVerifier verifier = new PassportVerifier(keys, Set.of("gateway"), InstantSource.system());
        String before = passport(issuer);
        verifier.verify(before);

        Files.writeString(own.resolve(SigningKeys.CURRENT), signing.get().id());
        Path second = KeyPairFiles.generate("gateway", own, trusted);
        keys.refresh();
        signing.refresh();
        assertThat(signing.get()).isEqualTo(SigningKey.load(first));
        Files.writeString(
                own.resolve(SigningKeys.CURRENT), SigningKey.load(second).id() + "\n");
        signing.refresh();
        String after = passport(issuer);
        assertThat(signing.get()).isEqualTo(SigningKey.load(second));
        verifier.verify(before);
        verifier.verify(after);

        Files.delete(trusted.resolve(first.getFileName()));
        keys.refresh();
        assertThatThrownBy(() -> verifier.verify(before)).isInstanceOf(PassportRefusedException.class);
        verifier.verify(after);
    }

    @Test
    void severalKeysAndNoWordOnWhichIsInUseRefuseTheStartAndChangeNothingLater() throws Exception {
        KeyPairFiles.generate("gateway", own, trusted);
        SigningKeys signing = SigningKeys.load(own);
        SigningKey before = signing.get();
        KeyPairFiles.generate("gateway", own, trusted);

        assertThatThrownBy(() -> SigningKeys.load(own))
                .isInstanceOf(InvalidSecurityFileException.class)
                .hasMessageContaining("file 'current'");
        signing.refresh();
        assertThat(signing.get()).isEqualTo(before);
        Files.writeString(own.resolve(SigningKeys.CURRENT), "no-such-key");
        signing.refresh();
        assertThat(signing.get()).isEqualTo(before);
    }

    @Test
    void aPepperThatIsMissingOrShortRefusesTheStartAndChangesNothingLater() throws Exception {
        Files.writeString(own.resolve("p0001.pepper"), "a pepper of at least thirty-two bytes");
        Peppers peppers = Peppers.load(own);
        Files.writeString(own.resolve("p0002.pepper"), "short");
        assertThatThrownBy(() -> Peppers.load(own)).isInstanceOf(InvalidSecurityFileException.class);
        peppers.refresh();
        assertThat(peppers.ids()).containsExactly("p0001");
        Files.writeString(own.resolve("p0002.pepper"), "another pepper of thirty-two bytes!!");
        Files.writeString(own.resolve(Peppers.CURRENT), "p0003");
        peppers.refresh();
        assertThat(peppers.current().id()).isEqualTo("p0001");
        Files.writeString(own.resolve(Peppers.CURRENT), "p0001");
        peppers.refresh();
        assertThat(peppers.ids()).containsExactly("p0001", "p0002");
        assertThat(peppers.current().id()).isEqualTo("p0001");
    }

    @Test
    void aSingleFileIsStillAPepperAndASigningKey() throws Exception {
        Path pepper = Files.writeString(directory.resolve("pepper"), "a pepper of at least thirty-two bytes");
        assertThat(Peppers.load(pepper).current().id()).isEqualTo("pepper");
        Path key = KeyPairFiles.generate("tenant", own, trusted);
        assertThat(SigningKeys.load(key).get().service()).isEqualTo("tenant");
    }

    private static String passport(PassportIssuer issuer) {
        return issuer.mint(TENANT, "key:1", "1", Set.of(Scope.INFERENCE));
    }
}
