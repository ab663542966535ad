package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Infrastructure;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FullBridgeIT {

    @Test
    void aFullBridgeIsA503ThatNamesTheCap() throws Exception {
        try (TenantPlatform platform = TenantPlatform.startWith(
                Infrastructure.kafka(),
                Map.of("weir.placement.bridge-cap", "1", "weir.placement.bridge-databases", "1"))) {
            assertThat(provision(platform, "one").status()).isEqualTo(201);
            TenantPlatform.Answer full = provision(platform, "two");
            assertThat(full.status()).isEqualTo(503);
            assertThat(full.raw().body()).contains("cap of 1");
            assertThat(platform.admin()
                            .get("/api/tenants/placement/capacity")
                            .body()
                            .path("bridges")
                            .path(0)
                            .path("used")
                            .asInt())
                    .isOne();
        }
    }

    private static TenantPlatform.Answer provision(TenantPlatform platform, String slug) throws Exception {
        return platform.admin()
                .post(
                        "/api/tenants/provision",
                        "{\"slug\": \"" + slug
                                + "\", \"adminEmail\": \"a@example.com\", \"planTier\": \"enterprise\"}");
    }
}
