package io.weir.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerArgumentsTests {

    @Test
    void aDirectoryIsEnough() {
        ServerArguments arguments = ServerArguments.parse(List.of("--data", "/srv/data"));

        assertThat(arguments).isEqualTo(new ServerArguments(Path.of("/srv/data"), 0, null, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 1",
                "--data /srv --port -1",
                "--data /srv --port 65536",
                "--data /srv --port http",
                "--data",
                "--data /srv --colour red"
            })
    void whatIsWrongIsNamed(String line) {
        List<String> arguments = List.of(line.split(" "));

        assertThatThrownBy(() -> ServerArguments.parse(arguments))
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void aMissingPasswordFileIsSaid() {
        assertThatThrownBy(
                        () -> ServerArguments.parse(List.of("--data", "/srv")).password())
                .isInstanceOf(ServerStartException.class)
                .hasMessageContaining("--password-file");
    }
}
