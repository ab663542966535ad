package io.weir.local.cli;

import io.weir.local.testrun.TestRun;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir test`
@Command(
        name = "test",
        description = {
            "Runs the whole test suite, as CI does: formatting, compiler checks, unit and integration tests against",
            "one set of servers, then the end-to-end tests against the packaged services."
        },
        footer = {"", "One module: ./weir test -- -pl tenant-service"},
        mixinStandardHelpOptions = true)
public final class TestCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Parameters(arity = "0..*", paramLabel = "MAVEN_ARGUMENT", description = "Passed on to Maven.")
    private List<String> further = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    TestCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        return new TestRun(state.layout(), spec.commandLine().getOut()).run(further) ? Exit.DONE : Exit.FAILED;
    }
}
