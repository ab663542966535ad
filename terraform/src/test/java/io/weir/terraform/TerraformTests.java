package io.weir.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What Terraform itself says of the modules. Where its program is not to be had, these are reported as
/// not run.
class TerraformTests {
    private static final Map<String, String> NOTHING = Map.of();

    @Test
    void everyFileIsFormatted() throws Exception {
        Terraform terraform = Terraform.orNotRun();

        String unformatted =
                terraform.run(Terraform.HOME, NOTHING, "fmt", "-check", "-recursive", "-diff", "-no-color");

        assertThat(unformatted).isBlank();
    }

    @TestFactory
    List<DynamicTest> logicPassesItsTests() throws IOException {
        Terraform terraform = Terraform.orNotRun();
        return directories("logic")
                .map(directory -> dynamicTest(directory.getFileName().toString(), () -> {
                    terraform.run(directory, NOTHING, "init", "-backend=false", "-no-color");
                    String printed = terraform.run(directory, NOTHING, "test", "-no-color");
                    assertThat(printed).containsPattern("Success! [1-9][0-9]* passed, 0 failed");
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> environmentsAndExamplesAreValid() throws IOException {
        Terraform terraform = Terraform.orNotRun();
        return Stream.concat(directories("environments"), directories("examples"))
                .map(directory ->
                        dynamicTest(Terraform.HOME.relativize(directory).toString(), () -> {
                            try (StandInProviders providers = new StandInProviders("aws", "helm")) {
                                Map<String, String> environment = Map.of("TF_REATTACH_PROVIDERS", providers.reattach());
                                terraform.run(directory, environment, "init", "-backend=false", "-no-color");
                                String printed = terraform.run(directory, environment, "validate", "-no-color");
                                assertThat(printed)
                                        .contains("The configuration is valid")
                                        .doesNotContain("Warning");
                            }
                        }))
                .toList();
    }

    @Test
    void modulesPassTheirTestsWithMockedProviders() throws Exception {
        Terraform terraform = Terraform.orNotRun();
        try (StandInProviders providers = new StandInProviders("aws", "helm")) {
            Map<String, String> environment = Map.of("TF_REATTACH_PROVIDERS", providers.reattach());
            terraform.run(Terraform.HOME, environment, "init", "-backend=false", "-no-color");

            String printed = terraform.run(Terraform.HOME, environment, "test", "-no-color");

            assertThat(printed).containsPattern("Success! [1-9][0-9]* passed, 0 failed");
        }
    }

    static Stream<Path> directories(String below) throws IOException {
        try (Stream<Path> found = Files.list(Terraform.HOME.resolve(below))) {
            return found.filter(Files::isDirectory).sorted().toList().stream();
        }
    }
}
