package io.weir.billing;

import io.weir.security.webflux.RouteCatalogue;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.access.DocumentedRoutes;
import io.weir.testing.access.MatrixCaller;
import io.weir.testing.access.RouteMatrix;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RouteMatrixIT {

    @Test
    void everyRouteLetsInWhomItDeclaresAndNobodyElse(@TempDir Path directory) throws Exception {
        try (Billing billing = Billing.start(directory)) {
            TenantId own = new TenantId(UUID.randomUUID());
            Eventually.passes(Billing.WAIT, () -> {
                if (billing.get("/api/billing/prices", billing.operator()).status() != 200) {
                    throw new AssertionError("the price book is not published yet");
                }
            });
            String summary = new RouteMatrix(
                            URI.create("http://127.0.0.1:" + billing.port()),
                            own,
                            MatrixCaller.withPassports(billing.gateway(), Billing.context(own)))
                    .withTenantParameter("GET /api/billing/invoices", "tenantId")
                    .withTenantParameter("GET /api/billing/credits", "tenantId")
                    .withTenantParameter("GET /api/billing/subscription", "tenantId")
                    .withTenantParameter("POST /api/billing/subscription/changes", "tenantId")
                    .withTenantParameter("POST /api/billing/subscription/preview", "tenantId")
                    // Stripe is not set up here.
                    .mayBeUnavailable("POST /api/billing/webhooks/stripe")
                    .check(billing.bean(RouteCatalogue.class).routes());
            LoggerFactory.getLogger(RouteMatrixIT.class).info("measured: billing-service {}", summary);
            DocumentedRoutes.check(
                    Path.of("../docs/reference/roles.md"),
                    "billing-service",
                    billing.bean(RouteCatalogue.class).routes());
        }
    }
}
