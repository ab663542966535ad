package io.weir.analytics;

import io.weir.security.Scope;
import io.weir.security.webflux.RouteCatalogue;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.access.DocumentedRoutes;
import io.weir.testing.access.MatrixCaller;
import io.weir.testing.access.RouteMatrix;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RouteMatrixIT {

    @Test
    void everyRouteLetsInWhomItDeclaresAndNobodyElse(@TempDir Path directory) throws Exception {
        try (RunningAnalytics analytics = new RunningAnalytics(directory);
                LedgerEvents ledger = new LedgerEvents(analytics.kafka(), 1)) {
            ledger.createTopic(analytics.kafka());
            TenantId own = RunningAnalytics.tenant();
            Eventually.passes(Duration.ofSeconds(30), () -> {
                if (analytics.get(own, "/ws/costs", Scope.ANALYTICS).status() != 426) {
                    throw new AssertionError("the ledger is not followed yet");
                }
            });
            TenantContext context = new TenantContext(own, "growth", Placement.POOL, "local");
            String summary = new RouteMatrix(
                            URI.create("http://127.0.0.1:" + analytics.port()),
                            own,
                            MatrixCaller.withPassports(analytics.gateway(), context))
                    .withTenantParameter("GET /api/analytics/cost-summary", "tenantId")
                    .withTenantParameter("GET /api/analytics/explore", "tenantId")
                    .withTenantParameter("GET /api/analytics/forecast", "tenantId")
                    .withTenantParameter("GET /api/analytics/health", "tenantId")
                    .withTenantParameter("GET /api/analytics/sla", "tenantId")
                    .withTenantParameter("GET /api/analytics/savings", "tenantId")
                    .withTenantParameter("POST /api/events", "tenantId")
                    .withTenantParameter("GET /api/analytics/requests", "tenantId")
                    .withTenantParameter("GET /api/analytics/requests/{id}", "tenantId")
                    .check(analytics.bean(RouteCatalogue.class).routes());
            LoggerFactory.getLogger(RouteMatrixIT.class).info("measured: analytics-service {}", summary);
            DocumentedRoutes.check(
                    Path.of("../docs/reference/roles.md"),
                    "analytics-service",
                    analytics.bean(RouteCatalogue.class).routes());
        }
    }
}
