package io.weir.local.cli;

import io.weir.local.supervisor.ControlClient;
import io.weir.local.supervisor.PartState;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir start`
@Command(name = "start", description = "Starts a part again that was stopped.", mixinStandardHelpOptions = true)
public final class StartCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Parameters(paramLabel = "PART", description = "As `weir status` lists them; also without the ending -service.")
    private String part = "";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    StartCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        return PartCommand.run(
                state.layout(),
                part,
                ControlClient::start,
                PartState.READY,
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
    }
}
