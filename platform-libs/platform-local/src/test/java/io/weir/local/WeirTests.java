package io.weir.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WeirTests {

    @TempDir
    private Path directory;

    private record Finished(int exitCode, String out, String err) {}

    private static Finished weir(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Weir.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Finished(command.execute(arguments), out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up", "down", "status", "logs", "doctor", "reset", "stop", "start", "test", "servers", "backup",
                "restore"
            })
    void everyCommandExplainsItself(String command) {
        Finished help = weir(command, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).startsWith("Usage: weir " + command).contains("--state-dir");
        assertThat(weir("--help").out()).contains("  " + command);
    }

    @Test
    void theAuditCommandExplainsItselfAndNeedsAPlatform() {
        assertThat(weir("audit", "--help").out()).contains("verify");
        assertThat(weir("audit", "verify", "--help").out()).contains("--tenant", "--json", "--state-dir");
        assertThat(weir(
                                "audit",
                                "verify",
                                "--state-dir",
                                directory.resolve("none").toString())
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void wrongUsageIsTwo() {
        assertThat(weir("up", "--colour").exitCode()).isEqualTo(2);
        assertThat(weir("stop").exitCode()).isEqualTo(2);
        assertThat(weir("sideways").exitCode()).isEqualTo(2);
    }

    @Test
    void withoutAPlatformTheCommandsSaySoAndDoNoHarm() {
        String state = directory.resolve("state").toString();

        assertThat(weir("status", "--state-dir", state).exitCode()).isEqualTo(3);
        assertThat(weir("stop", "kafka", "--state-dir", state).exitCode()).isEqualTo(3);
        assertThat(weir("down", "--state-dir", state).out()).contains("not running");
        assertThat(weir("logs", "--state-dir", state).exitCode()).isEqualTo(1);
        assertThat(weir("reset", "--yes", "--state-dir", state).exitCode()).isZero();
    }

    @Test
    void resetDeletesNoDirectoryThatIsNotAPlatforms() throws Exception {
        Path file = Files.writeString(directory.resolve("a-thesis.txt"), "years of work");

        Finished refused = weir("reset", "--state-dir", directory.toString());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("nothing was deleted").contains("fix:");
        assertThat(file).exists();
    }

    @Test
    void aBackupIsRestoredIntoAnotherStateDirectoryAndIntoNoneThatHasData() throws Exception {
        Path state = directory.resolve("state");
        Files.createDirectories(state.resolve("data/postgres"));
        Files.createDirectories(state.resolve("secrets"));
        Files.writeString(state.resolve("data/postgres/rows"), "rows");
        String backup = directory.resolve("backup").toString();
        String other = directory.resolve("other").toString();

        Finished taken = weir("backup", "--to", backup, "--state-dir", state.toString());
        assertThat(taken.exitCode()).as(taken.err()).isZero();
        assertThat(taken.out()).contains("1 files", "did not run", "secrets", "./weir restore --from " + backup);
        Finished restored = weir("restore", "--from", backup, "--state-dir", other);
        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(directory.resolve("other/data/postgres/rows")).hasContent("rows");

        Finished again = weir("restore", "--from", backup, "--state-dir", other);
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("is not empty");
        assertThat(weir("backup", "--to", backup, "--state-dir", state.toString())
                        .err())
                .contains("is not empty");
        assertThat(weir("restore", "--from", other, "--state-dir", other).err()).contains("holds no backup");
        assertThat(weir("backup", "--state-dir", other).exitCode()).isEqualTo(2);
    }

    @Test
    void theDoctorSpeaksJson() {
        Finished doctor = weir("doctor", "--json", "--state-dir", directory.toString());

        assertThat(doctor.out()).startsWith("[").contains("\"check\" : \"jdk\"");
    }
}
