package io.weir.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.conditions.ArchConditions.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;

/// What holds in every module. [#check(String)] runs them all over a package.
public final class ArchitectureRules {

    private static final Set<String> VAGUE_ENDINGS =
            Set.of("Impl", "Util", "Utils", "Helper", "Manager", "Processor", "Dto", "Entity");

    private static final String WEBFLUX = "org.springframework.web.reactive.";

    private ArchitectureRules() {}

    /// Checks main classes under the package against every rule. Throws [AssertionError] listing what breaks one.
    public static void check(String packageName) {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(packageName);
        if (classes.isEmpty()) {
            throw new AssertionError("no classes under " + packageName + ": the rules would pass without meaning");
        }
        for (ArchRule rule : rules(packageName)) {
            rule.allowEmptyShould(true).check(classes);
        }
    }

    private static List<ArchRule> rules(String packageName) {
        return List.of(
                noVagueNames(),
                noBlockingWithoutAnEnd(),
                noFieldInjection(),
                noStandardStreams(),
                moneyIsNeverFloatingPoint(),
                routesDeclareWhoMayCallThem(),
                featuresDoNotFormCycles(packageName),
                noOtherServices(packageName));
    }

    static ArchRule noVagueNames() {
        DescribedPredicate<JavaClass> vague = VAGUE_ENDINGS.stream()
                .map(ending -> simpleNameEndingWith(ending))
                .reduce(DescribedPredicate.alwaysFalse(), (one, other) -> one.or(other));
        return noClasses()
                .should(be(vague))
                .because("a type is named after its role, an implementation after its technology");
    }

    private static ArchCondition<JavaClass> be(DescribedPredicate<JavaClass> predicate) {
        return ArchCondition.from(predicate.as("have a vague name"));
    }

    static ArchRule noBlockingWithoutAnEnd() {
        DescribedPredicate<JavaCall<?>> endless = DescribedPredicate.describe(
                "Mono.block() or Flux.blockFirst/Last() without a duration",
                call -> call.getTargetOwner().getPackageName().equals("reactor.core.publisher")
                        && call.getName().startsWith("block")
                        && call.getTarget().getRawParameterTypes().isEmpty());
        return noClasses().should().callCodeUnitWhere(endless).because("every wait has an end");
    }

    static ArchRule noFieldInjection() {
        return noFields()
                .should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .because("dependencies come in through the constructor");
    }

    static ArchRule noStandardStreams() {
        return noClasses()
                .that()
                .resideOutsideOfPackages("io.weir.local..", "io.weir.embedded..", "io.weir.simulators..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("services log");
    }

    static ArchRule moneyIsNeverFloatingPoint() {
        return fields().that()
                .haveNameMatching("(?i).*(amount|cost|price|fee|ceiling|usd|money).*")
                .and()
                .areDeclaredInClassesThat(resideInAPackage("io.weir.."))
                .should()
                .notHaveRawType("double")
                .andShould()
                .notHaveRawType("float")
                .andShould()
                .notHaveRawType(Double.class)
                .because("money is exact");
    }

    static ArchRule routesDeclareWhoMayCallThem() {
        DescribedPredicate<JavaCall<?>> undeclared = DescribedPredicate.describe(
                "RouterFunctions instead of DeclaredRoutes",
                call -> call.getTargetOwner().getFullName().startsWith(WEBFLUX + "function.server.RouterFunctions"));
        return noClasses()
                .that()
                .resideOutsideOfPackage("io.weir.security.webflux..")
                .should()
                .callCodeUnitWhere(undeclared)
                .orShould()
                .beMetaAnnotatedWith("org.springframework.stereotype.Controller")
                .because("a route that does not declare who may call it is open to everybody by mistake");
    }

    static ArchRule featuresDoNotFormCycles(String packageName) {
        return slices().matching(packageName + ".(*)..").should().beFreeOfCycles();
    }

    static ArchRule noOtherServices(String packageName) {
        String[] others =
                Set.of("gateway", "tenant", "orchestration", "analytics", "billing", "model", "chaos").stream()
                        .map(service -> "io.weir." + service)
                        .filter(service -> !service.equals(packageName))
                        .map(service -> service + "..")
                        .toArray(String[]::new);
        return classes()
                .should(not(dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(others))))
                .because("a service depends on platform libraries, never on another service");
    }
}
