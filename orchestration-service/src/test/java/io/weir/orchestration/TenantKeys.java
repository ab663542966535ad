package io.weir.orchestration;

import io.weir.kafka.KafkaProperties;
import io.weir.security.KeyPairFiles;
import io.weir.security.ProviderKeyVault;
import io.weir.security.SigningKey;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ProviderKeySnapshot;
import io.weir.snapshots.catalog.ProviderKeySnapshot.Fallback;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The tenants' own provider keys, as tenant-service seals and publishes them.
record TenantKeys(
        Path keyset, KafkaProperties kafka, SnapshotPublisher tenantService, Supplier<SnapshotReader> reader) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Sets a tenant's own key, as tenant-service does, and waits until it is known.
    ProviderKeySnapshot set(
            TenantSnapshot tenant, String provider, String key, @Nullable String baseUrl, Fallback fallback) {
        String id = UUID.randomUUID().toString();
        byte[] sealed = ProviderKeyVault.load(keyset)
                .seal(key, new ProviderKeyVault.Place(tenant.tenantId(), provider, id, baseUrl == null ? "" : baseUrl));
        return publish(new ProviderKeySnapshot(
                tenant.tenantId(),
                provider,
                id,
                Base64.getEncoder().encodeToString(sealed),
                baseUrl,
                fallback,
                Mesh.version()));
    }

    ProviderKeySnapshot publish(ProviderKeySnapshot key) {
        String place = ProviderKeySnapshot.key(key.tenantId(), key.provider());
        tenantService
                .publish(SnapshotTopic.PROVIDER_KEYS, place, Mesh.version(), key)
                .block(PATIENCE);
        await(place, known -> known != null && known.keyId().equals(key.keyId()));
        return key;
    }

    /// The same, by whoever has the wrong signature; waits until the service refused it.
    void forge(ProviderKeySnapshot key) {
        SnapshotTable<?> table = table(SnapshotTopic.PROVIDER_KEYS);
        long before = table.refused();
        try (SnapshotPublisher forger = new SnapshotPublisher(kafka, untrusted("tenant"))) {
            forger.publish(
                            SnapshotTopic.PROVIDER_KEYS,
                            ProviderKeySnapshot.key(key.tenantId(), key.provider()),
                            Mesh.version(),
                            key)
                    .block(PATIENCE);
        }
        Eventually.passes(PATIENCE, () -> {
            if (table.refused() == before) {
                throw new AssertionError("not seen yet");
            }
        });
    }

    private static SigningKey untrusted(String service) {
        try {
            Path nowhere = Files.createTempDirectory("forger-");
            return SigningKey.load(
                    KeyPairFiles.generate(service, nowhere, Files.createDirectory(nowhere.resolve("trusted"))));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void delete(TenantSnapshot tenant, String provider) {
        String place = ProviderKeySnapshot.key(tenant.tenantId(), provider);
        tenantService.remove(SnapshotTopic.PROVIDER_KEYS, place, Mesh.version()).block(PATIENCE);
        await(place, known -> known == null);
    }

    private void await(String place, Predicate<@Nullable ProviderKeySnapshot> done) {
        Eventually.passes(PATIENCE, () -> {
            if (!done.test((ProviderKeySnapshot)
                    table(SnapshotTopic.PROVIDER_KEYS).find(place).orElse(null))) {
                throw new AssertionError("provider key not known yet");
            }
        });
    }

    private SnapshotTable<?> table(SnapshotTopic<?> topic) {
        return reader.get().tables().stream()
                .filter(table -> table.topic().equals(topic))
                .findFirst()
                .orElseThrow();
    }
}
