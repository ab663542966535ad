package io.weir.local.cli;

import io.weir.local.state.Layout;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `weir down`
@Command(
        name = "down",
        description = "Ends everything, services first. The data stays for the next `up`.",
        mixinStandardHelpOptions = true)
public final class DownCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    DownCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        long started = System.nanoTime();
        Layout layout = state.layout();
        boolean some = Ending.of(layout);
        String took = Progress.seconds(
                        Duration.ofNanos(System.nanoTime() - started).toMillis())
                .strip();
        spec.commandLine().getOut().println(some ? "Weir is down after " + took + "." : "Weir was not running.");
        return Exit.DONE;
    }
}
