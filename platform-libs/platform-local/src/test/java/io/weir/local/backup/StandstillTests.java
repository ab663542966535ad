package io.weir.local.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.local.process.ProcessIdentity;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that write all the time, one of them started by another.
class StandstillTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String WRITERS =
            "(while :; do echo x >> \"$1\"; sleep 0.005; done) & " + "while :; do echo x >> \"$2\"; sleep 0.005; done";

    @TempDir
    private Path directory = Path.of("");

    private @Nullable Process writers;

    @BeforeEach
    void start() throws IOException {
        Files.createFile(below());
        Files.createFile(above());
        writers =
                new ProcessBuilder("/bin/sh", "-c", WRITERS, "writers", below().toString(), above().toString()).start();
        awaitWriting();
    }

    @AfterEach
    void end() {
        List<ProcessHandle> children = writers().descendants().toList();
        writers().destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void nothingIsWrittenMeanwhileAndThenAllGoOn() throws Exception {
        try (Standstill still = Standstill.of(List.of(identity(writers().pid())))) {
            long written = Files.size(below()) + Files.size(above());
            // Longer than either of them waits between two lines.
            Thread.sleep(100);
            assertThat(Files.size(below()) + Files.size(above())).isEqualTo(written);
        }
        awaitWriting();
    }

    @Test
    void theyGoOnWhenTheOneWhoStoppedThemIsKilled() throws Exception {
        Process keeper = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Keeper.class.getName(),
                        Long.toString(writers().pid()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(keeper.getInputStream().read()).isEqualTo('s');
            long written = Files.size(below()) + Files.size(above());
            Thread.sleep(100);
            assertThat(Files.size(below()) + Files.size(above())).isEqualTo(written);
        } finally {
            keeper.destroyForcibly();
        }
        awaitWriting();
    }

    @Test
    void whoHasEndedHoldsNobodyUp() throws Exception {
        ProcessIdentity ended = identity(writers().pid());
        end();
        writers().waitFor();
        try (Standstill still = Standstill.of(List.of(ended))) {
            assertThat(ended.alive()).isEmpty();
        }
    }

    /// Has a process stand still until it is killed.
    static final class Keeper {

        private Keeper() {}

        public static void main(String[] arguments) throws Exception {
            Standstill still = Standstill.of(List.of(identity(Long.parseLong(arguments[0]))));
            System.out.print("still");
            System.out.flush();
            Thread.sleep(PATIENCE.toMillis());
            still.close();
        }
    }

    private Process writers() {
        return Objects.requireNonNull(writers);
    }

    private static ProcessIdentity identity(long pid) {
        return ProcessIdentity.of(pid).orElseThrow();
    }

    private Path below() {
        return directory.resolve("below");
    }

    private Path above() {
        return directory.resolve("above");
    }

    private void awaitWriting() throws IOException {
        long below = Files.size(below());
        long above = Files.size(above());
        Eventually.passes(PATIENCE, () -> {
            assertThat(Files.size(below())).isGreaterThan(below);
            assertThat(Files.size(above())).isGreaterThan(above);
        });
    }
}
