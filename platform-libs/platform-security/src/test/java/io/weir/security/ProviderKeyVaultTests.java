package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.security.ProviderKeyVault.Place;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderKeyVaultTests {

    private static final String KEY = "sk-proj-0123456789abcdef";
    private static final TenantId ACME = new TenantId(new UUID(1, 1));
    private static final Place PLACE = new Place(ACME, "openai", "row-1", "");

    @TempDir
    private Path directory;

    private Path file;
    private ProviderKeyVault vault;

    @BeforeEach
    void aKeyset() throws IOException {
        file = directory.resolve("provider-keyset.json");
        Files.writeString(file, EnvelopeKeyset.create().json());
        vault = ProviderKeyVault.load(file);
    }

    @Test
    void aKeyOpensInItsPlaceAlone() {
        byte[] sealed = vault.seal(KEY, PLACE);
        assertThat(vault.open(sealed, PLACE)).isEqualTo(KEY);
        for (Place other : List.of(
                new Place(new TenantId(new UUID(1, 2)), "openai", "row-1", ""),
                new Place(ACME, "anthropic", "row-1", ""),
                new Place(ACME, "openai", "row-2", ""),
                new Place(ACME, "openai", "row-1", "https://collector.example.com"))) {
            assertThatThrownBy(() -> vault.open(sealed, other))
                    .isInstanceOf(EnvelopeOpeningException.class)
                    .hasMessageNotContaining(KEY);
        }
    }

    @Test
    void everyKeyHasADataKeyOfItsOwn() {
        byte[] one = vault.seal(KEY, PLACE);
        byte[] two = vault.seal(KEY, PLACE);
        // The length of the wrapped data key, then the data key itself.
        assertThat(List.of(one[0], one[1], one[2])).containsExactly((byte) 0, (byte) 0, (byte) 0);
        int wrapped = one[3];
        assertThat(wrapped).isGreaterThan(32);
        assertThat(new String(one, 4, wrapped, StandardCharsets.ISO_8859_1))
                .isNotEqualTo(new String(two, 4, wrapped, StandardCharsets.ISO_8859_1));
        assertThat(new String(one, StandardCharsets.ISO_8859_1)).doesNotContain("sk-proj");
    }

    @Test
    void aRotatedKeysetOpensOldKeysUntilTheirMasterKeyIsGone() throws IOException {
        byte[] old = vault.seal(KEY, PLACE);
        String first =
                EnvelopeKeyset.parse(Files.readString(file)).keys().getFirst().id();
        EnvelopeKeyset rotated =
                EnvelopeKeyset.parse(Files.readString(file)).withNewKey().withNewestPrimary();
        Files.writeString(file, rotated.json());
        vault.refresh();
        byte[] fresh = vault.seal(KEY, PLACE);
        assertThat(vault.open(old, PLACE)).isEqualTo(KEY);

        Files.writeString(file, rotated.without(first).json());
        vault.refresh();
        assertThat(vault.open(fresh, PLACE)).as("sealed under the new key").isEqualTo(KEY);
        assertThatThrownBy(() -> vault.open(old, PLACE)).isInstanceOf(EnvelopeOpeningException.class);
    }

    @Test
    void aChangedCiphertextDoesNotOpenWhereverItWasChanged() {
        byte[] sealed = vault.seal(KEY, PLACE);
        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> vault.open(changed, PLACE)).isInstanceOf(EnvelopeOpeningException.class);
        }
        assertThatThrownBy(() -> vault.open(new byte[0], PLACE)).isInstanceOf(EnvelopeOpeningException.class);
    }
}
