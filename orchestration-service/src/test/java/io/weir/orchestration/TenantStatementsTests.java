package io.weir.orchestration;

import io.weir.architecture.TenantStatements;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TenantStatementsTests {

    @Test
    void everyStatementOnATenantsTableNamesTheTenant() {
        TenantStatements.check(Path.of(""));
    }
}
