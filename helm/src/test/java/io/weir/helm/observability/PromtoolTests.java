package io.weir.helm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/// The rules in Prometheus' own hands. Where there is no promtool these are reported as not run; with
/// `WEIR_REQUIRE=all` they fail.
class PromtoolTests {

    private static final String WHY = "there is no promtool on PATH, and none that PROMTOOL names (on Debian:"
            + " apt-get install prometheus, or apt-get download prometheus && dpkg -x prometheus_*.deb somewhere,"
            + " and PROMTOOL=somewhere/usr/bin/promtool)";

    static List<Path> ruleTests() {
        return Shipped.files(Shipped.RULE_TESTS, "-test.yaml");
    }

    @Test
    void rulesAreRules() throws Exception {
        List<String> command = new ArrayList<>(List.of("check", "rules"));
        Shipped.files(Shipped.RULES, ".yaml").forEach(file -> command.add(file.toString()));
        promtool(command);
    }

    @ParameterizedTest
    @MethodSource("ruleTests")
    void alertsDoWhatTheirTestsSay(Path test) throws Exception {
        promtool(List.of("test", "rules", test.toString()));
    }

    private static void promtool(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static String program() {
        String named = System.getenv("PROMTOOL");
        if (named != null) {
            return named;
        }
        return Stream.of(String.valueOf(System.getenv("PATH")).split(":"))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseThrow(PromtoolTests::absent);
    }

    private static RuntimeException absent() {
        if ("all".equals(System.getenv("WEIR_REQUIRE"))) {
            throw new AssertionError(WHY);
        }
        return new TestAbortedException(WHY);
    }
}
