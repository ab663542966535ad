package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditOutageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void whatIsDoneWhileTheBrokerIsAwayIsAllInTheLogWhenItIsBack(@TempDir Path directory) throws Exception {
        try (PrivateKafka kafka = Infrastructure.privateKafka(directory);
                TenantPlatform platform = TenantPlatform.start(kafka.bootstrap())) {
            String tenant = platform.admin().provision("outage");
            Caller admin = platform.of(tenant, Scope.TENANT_ADMIN);
            Set<String> made = new HashSet<>();
            make(admin, tenant, 15, made);
            kafka.kill();
            make(admin, tenant, 15, made);
            platform.stopService();
            platform.startService();
            make(admin, tenant, 10, made);
            kafka.start();

            Eventually.passes(PATIENCE, () -> {
                Answer log = admin.get("/api/tenants/" + tenant + "/audit?action=key.created&limit=1000");
                Set<String> recorded = new HashSet<>();
                log.body()
                        .path("events")
                        .forEach(event -> assertThat(
                                        recorded.add(event.path("target").asString()))
                                .as("once")
                                .isTrue());
                assertThat(recorded).containsAll(made);
            });
            assertThat(made).hasSize(40);
            Eventually.passes(PATIENCE, () -> {
                Answer verdict = admin.post("/api/tenants/" + tenant + "/audit/verify", "");
                assertThat(verdict.body().path("verified").asBoolean())
                        .as(verdict.body().toString())
                        .isTrue();
                assertThat(verdict.body().path("unsealed").asLong()).isZero();
            });
        }
    }

    private static void make(Caller admin, String tenant, int count, Set<String> made) throws Exception {
        for (int i = 0; i < count; i++) {
            Answer key = admin.post("/api/tenants/" + tenant + "/keys", "{}");
            assertThat(key.status()).as(key.body().toString()).isEqualTo(201);
            made.add("key:" + key.text("keyId"));
        }
    }
}
