package io.weir.local.cli;

import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir reset`
@Command(
        name = "reset",
        description = "Ends everything and deletes all data, keys and logs of this platform.",
        mixinStandardHelpOptions = true)
public final class ResetCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ResetCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Layout layout = state.layout();
        if (!Files.isDirectory(layout.state())) {
            spec.commandLine().getOut().println("There is nothing in " + layout.state() + ".");
            return Exit.DONE;
        }
        if (!Files.isDirectory(layout.run()) && !yes) {
            spec.commandLine()
                    .getErr()
                    .println(layout.state() + " does not look like a state directory of Weir;"
                            + " nothing was deleted\n  fix: check --state-dir, or say --yes");
            return Exit.FAILED;
        }
        if (!yes && !agreed(layout)) {
            spec.commandLine().getOut().println("Nothing was deleted.");
            return Exit.FAILED;
        }
        Ending.of(layout);
        DirectoryTree.delete(layout.state());
        spec.commandLine().getOut().println("Deleted " + layout.state() + ".");
        return Exit.DONE;
    }

    private boolean agreed(Layout layout) throws IOException {
        spec.commandLine().getOut().print("Delete all data in " + layout.state() + "? [y/N] ");
        spec.commandLine().getOut().flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        return answer != null
                && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
    }
}
