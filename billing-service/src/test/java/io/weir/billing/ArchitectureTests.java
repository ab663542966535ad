package io.weir.billing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.weir.architecture.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

    @Test
    void theRulesOfThePlatformHold() {
        ArchitectureRules.check("io.weir.billing");
    }

    @Test
    void ratingIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage("io.weir.billing.rating", "io.weir.billing.rating.model")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "reactor..", "org.springframework..", "io.r2dbc..", "org.apache.kafka..", "java.io..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.weir.billing"));
    }
}
