package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Scope;
import io.weir.tenant.TenantPlatform.Answer;
import io.weir.tenant.TenantPlatform.Caller;
import io.weir.testing.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlatformPoolOutageIT {

    @Test
    void plansAreReadAndARevocationSaysThatItWaits() throws Exception {
        try (TenantPlatform platform = TenantPlatform.start()) {
            String tenant = platform.admin().provision("acme");
            Caller admin = platform.of(tenant, Scope.TENANT_ADMIN);
            String keys = "/api/tenants/" + tenant + "/keys";
            String key = keys + "/" + admin.post(keys, "{}").text("keyId");
            String role = platform.database + "_platform";
            superuser(
                    platform,
                    "ALTER ROLE " + role + " NOLOGIN",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + role + "'");
            assertThat(platform.of(tenant, Scope.INFERENCE).get("/api/plans").status())
                    .isEqualTo(200);
            Answer waiting = admin.call("DELETE", key, null);
            assertThat(waiting.status()).isEqualTo(503);
            assertThat(waiting.text("code")).isEqualTo("queued");
            superuser(platform, "ALTER ROLE " + role + " LOGIN");
            Eventually.passes(
                    Duration.ofSeconds(60),
                    () -> assertThat(admin.call("DELETE", key, null).status()).isEqualTo(204));
        }
    }

    private static void superuser(TenantPlatform platform, String... statements) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
