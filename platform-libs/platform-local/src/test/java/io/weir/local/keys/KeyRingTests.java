package io.weir.local.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.local.state.Layout;
import io.weir.local.state.Secrets;
import io.weir.security.ApiKey;
import io.weir.security.Envelope;
import io.weir.security.Peppers;
import io.weir.security.ProviderKeyVault;
import io.weir.security.SigningKey;
import io.weir.security.SigningKeys;
import io.weir.security.TrustedKeys;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTests {

    private static final class Counts implements Dependents {
        private long apiKeys;
        private long members;
        private long snapshots;
        private final List<String> askedAnew = new ArrayList<>();

        @Override
        public long liveApiKeys(String pepper, boolean first) {
            return apiKeys;
        }

        @Override
        public long membersByEmail() {
            return members;
        }

        @Override
        public long snapshots(String owner, String key) {
            return snapshots;
        }

        @Override
        public boolean signAnew(String owner) {
            askedAnew.add(owner);
            return true;
        }
    }

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final Counts counts = new Counts();

    @SuppressWarnings("NullAway.Init")
    private Secrets secrets;

    @SuppressWarnings("NullAway.Init")
    private KeyRing ring;

    @BeforeEach
    void make() {
        Layout layout = new Layout(directory, Path.of(".weir"));
        layout.create();
        secrets = new Secrets(layout);
        ring = new KeyRing(secrets, counts, Duration.ZERO, step -> {});
    }

    @Test
    void aRotatedPepperLeavesOldKeysGoodAndHashesNewOnes() throws Exception {
        Peppers gateway = Peppers.load(secrets.peppers());
        ApiKey old = ApiKey.generate(ApiKey.Mode.LIVE, new SecureRandom());
        String oldHash = gateway.current().hash(old);
        ring.rotate(KeyKind.PEPPER, List.of());
        gateway.refresh();

        assertThat(gateway.ids()).containsExactly("p0001", "p0002");
        assertThat(gateway.current().id()).isEqualTo("p0002");
        assertThat(gateway.matches(old, oldHash, "p0001")).isTrue();
        assertThat(gateway.matches(old, oldHash, null)).isTrue();
        assertThat(gateway.matches(old, oldHash, "p0002")).isFalse();
        assertThat(gateway.matches(old, gateway.current().hash(old), "p0002")).isTrue();
        assertThat(gateway.matches(old, gateway.current().hash(old), "p0003")).isFalse();
    }

    @Test
    void aPepperOfLiveKeysIsNotRetiredAndTheCountIsSaid() throws Exception {
        ring.rotate(KeyKind.PEPPER, List.of());
        counts.apiKeys = 12;
        counts.members = 3;
        assertThatThrownBy(() -> ring.retire(KeyKind.PEPPER, "p0001", false))
                .isInstanceOf(StillInUseException.class)
                .hasMessageContainingAll("12 live API keys", "3 members", "Rotate or revoke");
        assertThat(Peppers.load(secrets.peppers()).ids()).contains("p0001");

        counts.apiKeys = 0;
        counts.members = 0;
        ring.retire(KeyKind.PEPPER, "p0001", false);
        assertThat(Peppers.load(secrets.peppers()).ids()).containsExactly("p0002");
    }

    @Test
    void theCurrentKeyOfAnyKindIsNeverRetired() throws Exception {
        String gateway = SigningKeys.load(secrets.signingKeys("gateway")).get().id();
        String audit = SigningKeys.load(secrets.signingKeys("audit")).get().id();
        for (Runnable attempt : List.<Runnable>of(
                () -> retire(KeyKind.PEPPER, "p0001"),
                () -> retire(KeyKind.PASSPORT, gateway),
                () -> retire(KeyKind.AUDIT, audit),
                () -> retire(KeyKind.ENVELOPE, primary()),
                () -> retire(KeyKind.SNAPSHOT, "nonsense"))) {
            assertThatThrownBy(attempt::run).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(ring.status()).filteredOn(KeyState::current).hasSize(9);
    }

    @Test
    void aSigningKeyIsTrustedBeforeItSignsAndUntilItIsRetired() throws Exception {
        SigningKeys tenant = SigningKeys.load(secrets.signingKeys("tenant"));
        TrustedKeys others = TrustedKeys.load(secrets.trustedKeys(), InstantSource.system());
        byte[] text = "a snapshot".getBytes(StandardCharsets.UTF_8);
        SigningKey before = tenant.get();
        byte[] signedBefore = before.sign(text);
        ring.rotate(KeyKind.SNAPSHOT, List.of("tenant"));
        tenant.refresh();
        others.refresh();

        assertThat(tenant.get().id()).isNotEqualTo(before.id());
        assertThat(counts.askedAnew).containsExactly("tenant");
        assertThat(others.find(before.id()).orElseThrow().verifies(text, signedBefore))
                .isTrue();
        assertThat(others.find(tenant.get().id())
                        .orElseThrow()
                        .verifies(text, tenant.get().sign(text)))
                .isTrue();
        counts.snapshots = 7;
        assertThatThrownBy(() -> ring.retire(KeyKind.PASSPORT, before.id(), false))
                .isInstanceOf(StillInUseException.class)
                .hasMessageContaining("7 snapshots");
        ring.retire(KeyKind.PASSPORT, before.id(), true);
        others.refresh();
        assertThat(others.find(before.id())).isEmpty();
    }

    @Test
    void severalRotationsInARowEachPutANewKeyInUse() throws Exception {
        SigningKeys gateway = SigningKeys.load(secrets.signingKeys("gateway"));
        List<String> used = new ArrayList<>(List.of(gateway.get().id()));
        for (int i = 0; i < 3; i++) {
            ring.rotate(KeyKind.PASSPORT, List.of("gateway"));
            gateway.refresh();
            used.add(gateway.get().id());
        }
        assertThat(used).doesNotHaveDuplicates();
    }

    @Test
    void aRetiredAuditKeyStillVerifiesItsCheckpoints() throws Exception {
        SigningKey before = SigningKeys.load(secrets.signingKeys("audit")).get();
        ring.rotate(KeyKind.AUDIT, List.of());
        ring.retire(KeyKind.AUDIT, before.id(), false);

        TrustedKeys trusted = TrustedKeys.load(secrets.trustedKeys(), InstantSource.system());
        assertThat(trusted.find(before.id())).isPresent();
        assertThat(SigningKeys.load(secrets.signingKeys("audit")).get().id()).isNotEqualTo(before.id());
    }

    @Test
    void aRotatedEnvelopeOpensWhatWasSealedBeforeUntilItsKeyIsRetiredByForce() throws Exception {
        Envelope envelope = Envelope.load(secrets.envelopeKeyset());
        Envelope.Place place = new Envelope.Place(TenantId.PLATFORM, "export", "1");
        byte[] plain = "rows".getBytes(StandardCharsets.UTF_8);
        byte[] sealed = envelope.seal(plain, place);
        String before = primary();
        ring.rotate(KeyKind.ENVELOPE, List.of());
        envelope.refresh();

        assertThat(primary()).isNotEqualTo(before);
        assertThat(envelope.open(sealed, place)).isEqualTo(plain);
        byte[] later = envelope.seal(plain, place);
        assertThatThrownBy(() -> ring.retire(KeyKind.ENVELOPE, before, false)).isInstanceOf(StillInUseException.class);
        ring.retire(KeyKind.ENVELOPE, before, true);
        envelope.refresh();
        assertThat(envelope.open(later, place)).isEqualTo(plain);
        assertThatThrownBy(() -> envelope.open(sealed, place)).hasMessageContaining("does not open");
    }

    @Test
    void aRotatedProviderKeysetOpensWhatTenantsSetBefore() throws Exception {
        ProviderKeyVault vault = ProviderKeyVault.load(secrets.providerKeyset());
        ProviderKeyVault.Place place = new ProviderKeyVault.Place(TenantId.PLATFORM, "openai", "1", "");
        byte[] sealed = vault.seal("sk-of-a-tenant", place);
        String envelope = primary();
        ring.rotate(KeyKind.PROVIDER, List.of());
        vault.refresh();

        assertThat(vault.open(sealed, place)).isEqualTo("sk-of-a-tenant");
        assertThat(primary()).as("the envelope's is another").isEqualTo(envelope);
        List<KeyState> keys = ring.status().stream()
                .filter(key -> key.kind().equals("provider"))
                .toList();
        assertThat(keys).hasSize(2);
        assertThatThrownBy(() -> ring.retire(KeyKind.PROVIDER, keys.getFirst().id(), false))
                .isInstanceOf(StillInUseException.class);
    }

    private String primary() {
        try {
            return ring.status().stream()
                    .filter(key -> key.kind().equals("envelope") && key.current())
                    .findFirst()
                    .orElseThrow()
                    .id();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private void retire(KeyKind kind, String id) {
        try {
            ring.retire(kind, id, true);
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }
}
