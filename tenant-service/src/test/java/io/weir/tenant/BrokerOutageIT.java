package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.snapshots.SnapshotReader;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.SnapshotTopic;
import io.weir.snapshots.catalog.ApiKeySnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerOutageIT {

    @Test
    void whatIsAcceptedWhileTheBrokerIsAwayArrivesInOrderWhenItIsBack(@TempDir Path directory) throws Exception {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                TenantPlatform platform = TenantPlatform.start(kafka.bootstrap())) {
            SnapshotReader reader = platform.reader();
            SnapshotTable<TenantSnapshot> tenants = reader.table(SnapshotTopic.TENANTS);
            SnapshotTable<ApiKeySnapshot> keys = reader.table(SnapshotTopic.API_KEYS);
            reader.start();
            String early = platform.admin().provision("early");
            Eventually.passes(
                    Duration.ofSeconds(20),
                    () -> assertThat(tenants.find(early)).isPresent());
            Caller admin = platform.of(early, Scope.TENANT_ADMIN);
            Answer key = admin.post("/api/tenants/" + early + "/keys", "{}");
            kafka.stop();

            String late = platform.admin().provision("late");
            Answer revoked = admin.call("DELETE", "/api/tenants/" + early + "/keys/" + key.text("keyId"), null);
            assertThat(revoked.status()).isEqualTo(503);
            assertThat(revoked.text("code")).isEqualTo("queued");
            assertThat(revoked.raw().headers().firstValue("x-should-retry")).contains("true");
            for (int i = 1; i <= 5; i++) {
                assertThat(admin.call(
                                        "PATCH",
                                        "/api/tenants/" + early + "/config",
                                        "{\"models\": {\"maxTokens\": " + i + "}}")
                                .status())
                        .isEqualTo(200);
            }
            // A restart while it is away loses nothing either.
            platform.stopService();
            platform.startService();
            kafka.start();

            Eventually.passes(Duration.ofSeconds(40), () -> {
                assertThat(tenants.find(late)).isPresent();
                assertThat(tenants.find(early).orElseThrow().settings().models().maxTokens())
                        .isEqualTo(5);
                assertThat(keys.find(key.text("keyId")).orElseThrow().status())
                        .isEqualTo(ApiKeySnapshot.Status.REVOKED);
            });
            assertThat(admin.call("DELETE", "/api/tenants/" + early + "/keys/" + key.text("keyId"), null)
                            .status())
                    .isEqualTo(204);
            reader.stop();
        }
    }
}
