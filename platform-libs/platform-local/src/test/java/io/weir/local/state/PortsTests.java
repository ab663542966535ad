package io.weir.local.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTests {

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        Ports ports = Ports.fromEnvironment(Map.of());

        assertThat(Arrays.stream(Port.values()).map(ports::of))
                .containsExactly(
                        8080, 8443, 8081, 8082, 8083, 8084, 18080, 18081, 18082, 18083, 18084, 8090, 8091, 19092, 15432,
                        16379, 18123);
    }

    @Test
    void anOverriddenServiceTakesItsManagementPortAlong() {
        Ports ports = Ports.fromEnvironment(Map.of("WEIR_PORT_GATEWAY", "9000", "WEIR_PORT_TENANT_MANAGEMENT", "9001"));

        assertThat(ports.of(Port.GATEWAY)).isEqualTo(9000);
        assertThat(ports.of(Port.GATEWAY.management())).isEqualTo(19000);
        assertThat(ports.of(Port.TENANT)).isEqualTo(8081);
        assertThat(ports.of(Port.TENANT.management())).isEqualTo(9001);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "0", "65536", "-1", "8080 8081"})
    void aWrongPortNamesItsVariable(String value) {
        assertThatThrownBy(() -> Ports.fromEnvironment(Map.of("WEIR_PORT_KAFKA", value)))
                .isInstanceOf(InvalidPortException.class)
                .hasMessageContaining("WEIR_PORT_KAFKA")
                .hasMessageContaining(value);
    }

    @Test
    void aManagementPortBeyondTheLastIsRefused() {
        assertThatThrownBy(() -> Ports.fromEnvironment(Map.of("WEIR_PORT_GATEWAY", "60000")))
                .isInstanceOf(InvalidPortException.class)
                .hasMessageContaining("WEIR_PORT_GATEWAY_MANAGEMENT");
    }

    @Test
    void whatIsWrittenIsRead(@TempDir Path directory) {
        Ports random = Ports.random();
        random.write(directory.resolve("ports.json"));
        Ports read = Ports.read(directory.resolve("ports.json"));

        assertThat(Arrays.stream(Port.values()).map(read::of))
                .containsExactlyElementsOf(
                        Arrays.stream(Port.values()).map(random::of).toList())
                .doesNotHaveDuplicates();
    }
}
