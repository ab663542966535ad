package io.weir.local.cli;

import io.weir.local.state.DirectoryTree;
import io.weir.local.testrun.TestServers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `weir servers`
@Command(
        name = "servers",
        description = {
            "Starts only Postgres, Kafka, Redis and ClickHouse, on free ports, for tests:",
            "mvn verify -Dweir.test.servers=<the file that it prints>. They end when standard input does (Ctrl-D)."
        },
        mixinStandardHelpOptions = true)
public final class ServersCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ServersCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = state.layout()
                .state()
                .resolve("test-servers-" + ProcessHandle.current().pid());
        try (TestServers servers = TestServers.start(directory)) {
            spec.commandLine().getOut().println(servers.description());
            spec.commandLine().getOut().flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        } finally {
            DirectoryTree.delete(directory);
        }
        return Exit.DONE;
    }
}
