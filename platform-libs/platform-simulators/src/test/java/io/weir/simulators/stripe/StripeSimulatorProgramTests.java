package io.weir.simulators.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The simulator as a process of its own.
class StripeSimulatorProgramTests {

    @Test
    void itSaysWhereItListensAndEndsWithItsParent() throws Exception {
        Process program = start("--port", "0", "--die-with-parent");
        try (BufferedReader output = program.inputReader()) {
            JsonNode ready = JsonMapper.shared().readTree(output.readLine());
            assertThat(ready.path("ready").booleanValue()).isTrue();
            try (HttpClient http = HttpClient.newHttpClient()) {
                URI state = URI.create("http://127.0.0.1:" + ready.path("port").intValue() + "/_state");
                assertThat(http.send(HttpRequest.newBuilder(state).build(), BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(200);
            }
            program.getOutputStream().close();
            assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(output.readLine()).isNull();
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    void aTakenPortIsNamedAndEndsIt() throws Exception {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process program = start("--port", Integer.toString(holder.getLocalPort()));
            try (BufferedReader errors = program.errorReader()) {
                assertThat(errors.lines()).anyMatch(line -> line.contains(":" + holder.getLocalPort()));
                assertThat(program.waitFor(10, TimeUnit.SECONDS)).isTrue();
                assertThat(program.exitValue()).isEqualTo(1);
            } finally {
                program.destroyForcibly();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--colour blue", "--port", "--port x", "--port 70000", "--webhook-url http://127.0.0.1:1/"})
    void aWrongArgumentIsNamed(String line) {
        String[] arguments = line.split(" ", -1);
        assertThatThrownBy(() -> StripeSimulatorOptions.parse(arguments))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(arguments[0].replace("-url", ""));
    }

    @Test
    void itListensOnLoopbackUnlessToldOtherwise() {
        assertThat(StripeSimulatorOptions.parse().host()).isEqualTo("127.0.0.1");
        assertThat(StripeSimulatorOptions.parse("--host", "0.0.0.0").host()).isEqualTo("0.0.0.0");
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StripeSimulator.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).start();
    }
}
