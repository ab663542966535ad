package io.weir.orchestration;

import io.weir.security.webflux.RouteCatalogue;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.access.DocumentedRoutes;
import io.weir.testing.access.MatrixCaller;
import io.weir.testing.access.RouteMatrix;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RouteMatrixIT {

    @Test
    void everyRouteLetsInWhomItDeclaresAndNobodyElse() throws Exception {
        try (Mesh mesh = Mesh.start()) {
            TenantSnapshot own = mesh.tenant();
            String summary = new RouteMatrix(
                            URI.create(mesh.baseUrl()),
                            own.tenantId(),
                            MatrixCaller.withPassports(mesh.gateway(), own.context()))
                    .check(mesh.bean(RouteCatalogue.class).routes());
            LoggerFactory.getLogger(RouteMatrixIT.class).info("measured: orchestration-service {}", summary);
            DocumentedRoutes.check(
                    Path.of("../docs/reference/roles.md"),
                    "orchestration-service",
                    mesh.bean(RouteCatalogue.class).routes());
        }
    }
}
