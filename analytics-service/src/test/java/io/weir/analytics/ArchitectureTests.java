package io.weir.analytics;

import io.weir.architecture.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theRulesOfThePlatformHold() {
        ArchitectureRules.check("io.weir.analytics");
    }
}
