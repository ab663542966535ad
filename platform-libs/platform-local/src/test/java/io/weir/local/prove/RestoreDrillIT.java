package io.weir.local.prove;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.Proof.Outcome;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.state.Layout;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.json.JsonMapper;

/// The short form of `./weir prove restore`.
@Tag("e2e")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class RestoreDrillIT {

    private static final Path HOME =
            Path.of(System.getProperty("weir.home", "../..")).toAbsolutePath().normalize();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory = Path.of("");

    @Test
    void whatIsRestoredIsWhatWasThere() throws Exception {
        StringWriter said = new StringWriter();
        Path own = Files.createDirectories(directory.resolve("trial"));
        Undertaking undertaking = new Undertaking(
                new Layout(HOME, directory.resolve("state")),
                own,
                Duration.ZERO,
                42,
                0,
                0,
                400,
                0,
                new PrintWriter(said, true),
                Ansi.OFF);
        Outcome outcome;
        try (Trial trial = Trial.begin(undertaking, Rig.Size.SMALL)) {
            outcome = RestoreDrill.on(trial, undertaking).outcome();
        } finally {
            System.out.println(said);
        }
        assertThat(outcome.proven())
                .as(said + JsonMapper.shared().writeValueAsString(outcome.summary()))
                .isTrue();
    }
}
