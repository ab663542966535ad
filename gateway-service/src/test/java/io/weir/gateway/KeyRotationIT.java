package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.security.ApiKey;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.Pepper;
import io.weir.security.SigningKey;
import io.weir.security.SigningKeys;
import io.weir.snapshots.SnapshotPublisher;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jose4j.jwx.JsonWebStructure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every key that the gateway uses is replaced while calls run; none fails.
@Timeout(240)
class KeyRotationIT {

    @Test
    void noCallFailsWhilePepperPassportKeyAndSnapshotKeyAreRotated() throws Exception {
        Mesh mesh = Mesh.on(Infrastructure.kafka());
        Path own = Files.createDirectory(mesh.directory.resolve("own"));
        Path peppers = Files.createDirectory(mesh.directory.resolve("peppers"));
        Files.copy(mesh.directory.resolve("pepper"), peppers.resolve("p0001.pepper"));
        SigningKey first = SigningKey.load(KeyPairFiles.generate("gateway", own, mesh.trusted));
        try (mesh) {
            mesh.with("weir.security.signing-key", own)
                    .with("weir.security.pepper", peppers)
                    .with("weir.security.reload-every", "100ms")
                    .started();
            Account acme = mesh.account("rotating-corp");
            Traffic traffic = new Traffic(mesh, acme.key());

            SigningKey second = rotatePassportKey(mesh, own, first);
            Account newcomer = rotatePepper(mesh, peppers, acme);
            rotateSnapshotKey(mesh, acme);
            traffic.runs(20);

            assertThat(mesh.get("/v1/models", newcomer.key()).statusCode()).isEqualTo(200);
            assertThat(traffic.stop()).isZero();
            assertThat(signer(mesh, acme)).isEqualTo(second.id());
        }
    }

    private static SigningKey rotatePassportKey(Mesh mesh, Path own, SigningKey before) throws Exception {
        Files.writeString(own.resolve(SigningKeys.CURRENT), before.id());
        SigningKey next = SigningKey.load(KeyPairFiles.generate("gateway", own, mesh.trusted));
        Files.writeString(own.resolve(SigningKeys.CURRENT), next.id());
        return next;
    }

    // The old key stays good, and a new one is hashed under the new pepper.
    private static Account rotatePepper(Mesh mesh, Path peppers, Account acme) throws Exception {
        Path file = Files.writeString(peppers.resolve("p0002.pepper"), "another pepper of thirty-two bytes!!");
        ApiKey key = ApiKey.generate(ApiKey.Mode.LIVE, new SecureRandom());
        Account newcomer = new Account(acme.tenant(), acme.slug(), key);
        ApiKeySnapshot plain = newcomer.snapshot(Pepper.load(file), ApiKeySnapshot.Status.ACTIVE, null, mesh.next());
        mesh.publish(new ApiKeySnapshot(
                plain.keyId(),
                plain.tenantId(),
                plain.hash(),
                plain.name(),
                plain.scopes(),
                plain.status(),
                null,
                plain.version(),
                "p0002",
                List.of(),
                null,
                null));
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(mesh.get("/v1/models", newcomer.key()).statusCode())
                        .isEqualTo(200));
        return newcomer;
    }

    // What the new key signs is taken over; the copy of the same record under it, too.
    private static void rotateSnapshotKey(Mesh mesh, Account acme) throws Exception {
        Path secret = Files.createTempDirectory("rotated-");
        SigningKey next = SigningKey.load(KeyPairFiles.generate("tenant", secret, mesh.trusted));
        try (SnapshotPublisher publisher = new SnapshotPublisher(mesh.kafka, next)) {
            Account other =
                    new Account(acme.tenant(), acme.slug(), ApiKey.generate(ApiKey.Mode.LIVE, new SecureRandom()));
            // As the rotation does: what is signed before every reader knows the new key would be refused.
            Eventually.passes(Duration.ofSeconds(30), () -> {
                ApiKeySnapshot key = other.snapshot(mesh.pepper, ApiKeySnapshot.Status.ACTIVE, null, mesh.next());
                publisher
                        .publish(SnapshotTopic.API_KEYS, key.keyId(), key.version(), key)
                        .block(Mesh.LIMIT);
                assertThat(mesh.get("/v1/models", other.key()).statusCode()).isEqualTo(200);
            });
        }
    }

    // A passport is reused for half its life; another key's is minted at once.
    private static String signer(Mesh mesh, Account acme) throws Exception {
        Account fresh = mesh.account("fresh-" + acme.slug());
        mesh.upstream.forget();
        String[] signer = new String[1];
        Eventually.passes(Duration.ofSeconds(30), () -> {
            mesh.get("/v1/models?fresh", fresh.key());
            Upstream.Received received = mesh.upstream.next();
            while (!received.uri().endsWith("fresh")) {
                received = mesh.upstream.next();
            }
            signer[0] = JsonWebStructure.fromCompactSerialization(received.header(Passport.HEADER))
                    .getKeyIdHeaderValue();
            mesh.verifier().verify(received.header(Passport.HEADER));
        });
        return signer[0];
    }

    private static final class Traffic {

        private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

        private final AtomicBoolean going = new AtomicBoolean(true);
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final CompletableFuture<Void> running;

        Traffic(Mesh mesh, String key) {
            running = CompletableFuture.runAsync(() -> {
                while (going.get()) {
                    try {
                        if (mesh.get("/v1/models", key).statusCode() != 200) {
                            failed.incrementAndGet();
                        }
                    } catch (Exception broken) {
                        failed.incrementAndGet();
                    }
                    calls.incrementAndGet();
                    LockSupport.parkNanos(PAUSE);
                }
            });
        }

        void runs(int further) {
            int until = calls.get() + further;
            Eventually.passes(
                    Duration.ofSeconds(30), () -> assertThat(calls.get()).isGreaterThan(until));
        }

        int stop() throws Exception {
            going.set(false);
            running.get(30, TimeUnit.SECONDS);
            return failed.get();
        }
    }
}
