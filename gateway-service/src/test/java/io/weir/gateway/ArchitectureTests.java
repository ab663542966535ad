package io.weir.gateway;

import io.weir.architecture.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theRulesHold() {
        ArchitectureRules.check("io.weir.gateway");
    }
}
