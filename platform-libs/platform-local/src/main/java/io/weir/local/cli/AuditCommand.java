package io.weir.local.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `weir audit`
@Command(
        name = "audit",
        description = "The audit log.",
        mixinStandardHelpOptions = true,
        subcommands = AuditVerifyCommand.class)
public final class AuditCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    AuditCommand() {}

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
