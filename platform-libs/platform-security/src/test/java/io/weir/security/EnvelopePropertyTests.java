package io.weir.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.security.Envelope.Place;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class EnvelopePropertyTests {

    private static final TenantId ACME = new TenantId(new UUID(1, 1));
    private static final TenantId OTHER = new TenantId(new UUID(1, 2));
    private final Path file;
    private final Envelope envelope;

    EnvelopePropertyTests() throws IOException {
        file = Files.createTempFile("keyset-", ".json");
        Files.writeString(file, EnvelopeKeyset.create().json());
        envelope = Envelope.load(file);
    }

    @Property(tries = 100)
    void whatIsSealedOpensInItsPlaceAlone(@ForAll @Size(max = 200) byte[] plain) {
        Place place = new Place(ACME, "export", "row-1");
        byte[] sealed = envelope.seal(plain, place);

        assertThat(envelope.open(sealed, place)).isEqualTo(plain);
        for (Place moved : List.of(
                new Place(OTHER, "export", "row-1"),
                new Place(ACME, "profile", "row-1"),
                new Place(ACME, "export", "row-2"),
                new Place(ACME, "exportrow", "-1"),
                new Place(ACME, "", "exportrow-1"))) {
            assertThatThrownBy(() -> envelope.open(sealed, moved)).isInstanceOf(EnvelopeOpeningException.class);
        }
    }

    @Property(tries = 100)
    void aChangedByteAnywhereIsNoticed(@ForAll @IntRange(max = 1_000) int at) {
        Place place = new Place(ACME, "export", "row-1");
        byte[] sealed = envelope.seal("every byte counts".getBytes(StandardCharsets.UTF_8), place);
        sealed[at % sealed.length] ^= 1;
        assertThatThrownBy(() -> envelope.open(sealed, place)).isInstanceOf(EnvelopeOpeningException.class);
    }

    @Example
    void theSameTextIsNeverTheSameCiphertext() {
        Place place = new Place(ACME, "export", "row-1");
        assertThat(envelope.seal(new byte[16], place)).isNotEqualTo(envelope.seal(new byte[16], place));
    }

    @Example
    void aKeysetThatIsBrokenLaterLeavesTheOneBeforeInUse() throws IOException {
        Place place = new Place(ACME, "export", "row-1");
        byte[] sealed = envelope.seal(new byte[] {1}, place);
        Files.writeString(file, "{\"half\":");
        envelope.refresh();
        assertThat(envelope.open(sealed, place)).containsExactly(1);
        assertThatThrownBy(() -> Envelope.load(file)).isInstanceOf(InvalidSecurityFileException.class);
    }
}
