package io.weir.local.cli;

import io.weir.local.backup.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir backup`
@Command(
        name = "backup",
        description = {
            "Copies all data and secrets of this platform, as of one instant. Where it runs, it stands still"
                    + " meanwhile;",
            "calls that are under way wait and go on."
        },
        mixinStandardHelpOptions = true)
public final class BackupCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIRECTORY",
            description = "Where it goes; empty, or not there yet. It will hold all secrets.")
    private Path to = Path.of("");

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    BackupCommand() {}

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Path directory = to.toAbsolutePath().normalize();
        if (!json) {
            out.println("Copying " + state.layout().state() + " ...");
            out.flush();
        }
        Backup backup = Backup.take(state.layout(), directory);
        if (json) {
            out.println(Json.text(Map.of(
                    "directory", directory.toString(),
                    "takenAt", backup.takenAt().toString(),
                    "running", backup.ofRunning(),
                    "stillMillis", backup.still().toMillis(),
                    "files", backup.files(),
                    "bytes", backup.bytes())));
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "%,d files, %.1f MB, as of %s%s.",
                    backup.files(),
                    backup.bytes() / 1_048_576.0,
                    backup.takenAt(),
                    backup.ofRunning()
                            ? String.format(
                                    Locale.ROOT,
                                    "; the platform stood still for %d ms",
                                    backup.still().toMillis())
                            : "; the platform did not run"));
            out.println("It holds all secrets: keep it where only you can read it, and away from this machine.");
            out.println("To restore it: ./weir restore --from " + directory + " --state-dir <an empty directory>");
        }
        return Exit.DONE;
    }
}
