package io.weir.local;

import io.weir.local.cli.AuditCommand;
import io.weir.local.cli.BackupCommand;
import io.weir.local.cli.DemoCommand;
import io.weir.local.cli.DoctorCommand;
import io.weir.local.cli.DownCommand;
import io.weir.local.cli.KeysCommand;
import io.weir.local.cli.LogsCommand;
import io.weir.local.cli.ProveCommand;
import io.weir.local.cli.ResetCommand;
import io.weir.local.cli.RestoreCommand;
import io.weir.local.cli.ServersCommand;
import io.weir.local.cli.StartCommand;
import io.weir.local.cli.StatusCommand;
import io.weir.local.cli.StopCommand;
import io.weir.local.cli.TestCommand;
import io.weir.local.cli.UpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The `weir` command.
@Command(
        name = "weir",
        description = "Runs Weir on this machine: one OpenAI-compatible API in front of every model provider.",
        footer = {
            "",
            "First time: ./weir up",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the platform is not running."
        },
        mixinStandardHelpOptions = true,
        version = "Weir 0.1.0-SNAPSHOT",
        subcommands = {
            UpCommand.class,
            DemoCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            KeysCommand.class,
            DoctorCommand.class,
            ResetCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            StopCommand.class,
            StartCommand.class,
            AuditCommand.class,
            ProveCommand.class,
            TestCommand.class,
            ServersCommand.class,
        })
public final class Weir implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    Weir() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Weir()).setExecutionExceptionHandler((failure, command, _) -> {
            String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
            command.getErr().println("weir " + command.getCommandName() + ": " + message);
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
