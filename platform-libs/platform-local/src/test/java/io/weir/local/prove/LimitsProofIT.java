package io.weir.local.prove;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.prove.Proof.Outcome;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The short form of `./weir prove limits`: some seconds of each load. How much of the cap a slow machine lets through
/// is not looked at; that no more gets through than may, is.
@Tag("e2e")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class LimitsProofIT {

    private static final Path HOME =
            Path.of(System.getProperty("weir.home", "../..")).toAbsolutePath().normalize();
    private static final double ALL_OF_IT = 0.3;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @Test
    void noMoreThanTheCapIsAdmittedAndNoneRefusedBelowIt() throws Exception {
        StringWriter said = new StringWriter();
        Undertaking undertaking = new Undertaking(
                new Layout(HOME, directory.resolve("state")),
                Files.createDirectories(directory.resolve("trial")),
                Duration.ZERO,
                1,
                1,
                0,
                0,
                64,
                new PrintWriter(said),
                Ansi.OFF);

        Outcome outcome = new Limits(Duration.ofSeconds(6), ALL_OF_IT).run(undertaking);

        System.out.println(said);
        assertThat(outcome.proven()).as(said.toString()).isTrue();
        JsonNode summary = JsonMapper.shared().valueToTree(outcome.summary());
        assertThat(summary.path("falseRefusals").asInt(-1)).isZero();
        assertThat(summary.path("otherAnswers").asInt(-1)).isZero();
    }
}
