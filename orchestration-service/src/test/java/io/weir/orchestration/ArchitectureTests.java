package io.weir.orchestration;

import io.weir.architecture.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theRulesOfThePlatformHold() {
        ArchitectureRules.check("io.weir.orchestration");
    }
}
