package io.weir.tenant;

import io.weir.security.webflux.RouteCatalogue;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.testing.access.DocumentedRoutes;
import io.weir.testing.access.MatrixCaller;
import io.weir.testing.access.RouteMatrix;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RouteMatrixIT {

    @Test
    void everyRouteLetsInWhomItDeclaresAndNobodyElse() throws Exception {
        try (TenantPlatform platform = TenantPlatform.start()) {
            TenantId own = TenantId.of(platform.admin().provision("matrix"));
            TenantContext context = new TenantContext(own, "growth", Placement.POOL, "local");
            String summary = new RouteMatrix(
                            platform.uri("/"), own, MatrixCaller.withPassports(platform.gateway(), context))
                    // The matrix suspends the tenant as the operator, which only the operator lifts.
                    .mayBeRefused("POST /api/tenants/{id}/activate")
                    .check(platform.bean(RouteCatalogue.class).routes());
            LoggerFactory.getLogger(RouteMatrixIT.class).info("measured: tenant-service {}", summary);
            DocumentedRoutes.check(
                    Path.of("../docs/reference/roles.md"),
                    "tenant-service",
                    platform.bean(RouteCatalogue.class).routes());
        }
    }
}
