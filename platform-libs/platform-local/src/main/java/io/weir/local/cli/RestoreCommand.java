package io.weir.local.cli;

import io.weir.local.backup.Backup;
import io.weir.local.state.Layout;
import io.weir.local.supervisor.Children;
import io.weir.local.supervisor.ControlClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir restore`
@Command(
        name = "restore",
        description = {
            "Puts a backup into a state directory that is empty, after it has compared every byte of it with its sum.",
            "What was changed, lost or added since it was taken is named, and nothing is written."
        },
        mixinStandardHelpOptions = true)
public final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "DIRECTORY",
            description = "Of the backup, as `weir backup --to` was told.")
    private Path from = Path.of("");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    RestoreCommand() {}

    @Override
    public Integer call() throws IOException {
        Layout layout = state.layout();
        if (ControlClient.find(layout.controlFile()).isPresent()
                || !Children.running(layout.childrenFile()).isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("Weir runs in " + layout.state() + "; nothing was written\n  fix: ./weir down, and"
                            + " ./weir reset if its data is to be replaced; or name another --state-dir");
            return Exit.FAILED;
        }
        Backup backup = Backup.open(from.toAbsolutePath().normalize());
        PrintWriter out = spec.commandLine().getOut();
        out.println("Reading " + from + " ...");
        out.flush();
        backup.restore(layout);
        out.println(String.format(
                Locale.ROOT,
                "%,d files, %.1f MB, as of %s, are in %s; each is as it was.",
                backup.files(),
                backup.bytes() / 1_048_576.0,
                backup.takenAt(),
                layout.state()));
        out.println("Start it: ./weir up --state-dir " + layout.state());
        return Exit.DONE;
    }
}
