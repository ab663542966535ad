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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The short form of `./weir prove metering`: some hundred calls on two orchestration processes, and a few kills.
@Tag("e2e")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class MeteringProofIT {

    private static final Path HOME =
            Path.of(System.getProperty("weir.home", "../..")).toAbsolutePath().normalize();
    private static final int CALLS = 600;
    private static final int KILLS = 4;
    private static final long SEED = 5;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @Test
    void nothingIsLostDoubledOrOverrunWhateverDies() throws Exception {
        StringWriter said = new StringWriter();
        Undertaking undertaking = new Undertaking(
                new Layout(HOME, directory.resolve("state")),
                Files.createDirectories(directory.resolve("trial")),
                Duration.ZERO,
                SEED,
                1,
                KILLS,
                CALLS,
                24,
                new PrintWriter(said),
                Ansi.OFF);

        Outcome outcome = new Metering(Rig.Size.SMALL).run(undertaking);

        System.out.println(said);
        JsonNode summary = JsonMapper.shared().valueToTree(outcome.summary());
        assertThat(outcome.proven()).as(said.toString()).isTrue();
        assertThat(summary.path("calls").asInt()).isEqualTo(CALLS);
        assertThat(summary.path("kills").asInt()).isEqualTo(KILLS);
        for (String none : new String[] {"unexplained", "doubled", "openHolds", "overruns", "falseRefusals"}) {
            assertThat(summary.path(none).asInt(-1)).as(none).isZero();
        }
    }
}
