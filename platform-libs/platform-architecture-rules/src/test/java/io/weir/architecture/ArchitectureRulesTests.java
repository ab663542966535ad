package io.weir.architecture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureRulesTests {

    private static final JavaClasses SEEDED = new ClassFileImporter().importPackages("io.weir.architecture.seeded");

    static Stream<ArchRule> rulesWithASeededFault() {
        return Stream.of(
                ArchitectureRules.noVagueNames(),
                ArchitectureRules.noBlockingWithoutAnEnd(),
                ArchitectureRules.noStandardStreams(),
                ArchitectureRules.moneyIsNeverFloatingPoint(),
                ArchitectureRules.routesDeclareWhoMayCallThem());
    }

    @ParameterizedTest
    @MethodSource("rulesWithASeededFault")
    void eachRuleCatchesItsSeededFault(ArchRule rule) {
        assertThatThrownBy(() -> rule.check(SEEDED)).isInstanceOf(AssertionError.class);
    }

    @Test
    void anEmptyPackageIsNotAPass() {
        assertThatThrownBy(() -> ArchitectureRules.check("io.weir.nowhere")).isInstanceOf(AssertionError.class);
    }
}
