package io.weir.local.cli;

import io.weir.local.prove.Proof;
import io.weir.local.prove.Undertaking;
import io.weir.local.state.DirectoryTree;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `weir prove`
@Command(
        name = "prove",
        description = {
            "Proves something of the platform by trying, with servers and data of its own. Without a name: says what",
            "there is. Exit code 1 when the proof fails."
        },
        mixinStandardHelpOptions = true)
public final class ProveCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "What to prove.")
    private @Nullable String name;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long a storm blows, or all lanes take in turns (default: 10).")
    private double minutes = 10;

    @Option(names = "--seconds", paramLabel = "N", description = "The same in seconds, where minutes are long.")
    private long seconds;

    @Option(names = "--seed", paramLabel = "N", description = "Of everything random (default: 42).")
    private long seed = 42;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Thousands of tenants, where it has a size (default: 10).")
    private int size = 10;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description =
                    "Processes to kill, where some are (default: 200 for exactly-once, else one per 1,900 calls).")
    private int kills = -1;

    @Option(names = "--calls", paramLabel = "N", description = "Calls to make, where some are (default: 10000).")
    private int calls = 10_000;

    @Option(
            names = {"--callers", "--sockets"},
            paramLabel = "N",
            description = "Callers at once, where some call (default: 64); sockets, where some are (default: 2000).")
    private int callers;

    @Option(names = "--json", description = "End with one line of JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ProveCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        PrintWriter out = spec.commandLine().getOut();
        Optional<Proof> chosen =
                Proof.all().stream().filter(proof -> proof.name().equals(name)).findFirst();
        if (chosen.isEmpty()) {
            Proof.all().forEach(proof -> out.println("  %-14s %s".formatted(proof.name(), proof.description())));
            out.flush();
            return name == null ? Exit.DONE : Exit.FAILED;
        }
        Layout layout = state.layout();
        Path directory = PrivateFiles.directory(
                layout.state().resolve("prove-" + ProcessHandle.current().pid()));
        boolean proven = false;
        try {
            Undertaking undertaking = new Undertaking(
                    layout,
                    directory,
                    seconds > 0 ? Duration.ofSeconds(seconds) : Duration.ofMillis((long) (minutes * 60_000)),
                    seed,
                    size,
                    kills,
                    calls,
                    callers,
                    out,
                    Ansi.AUTO);
            Proof.Outcome outcome = chosen.get().run(undertaking);
            if (json) {
                out.println(JsonMapper.shared().writeValueAsString(outcome.summary()));
            }
            out.flush();
            proven = outcome.proven();
            return proven ? Exit.DONE : Exit.FAILED;
        } finally {
            if (!proven) {
                keepLogs(layout, directory);
            }
            DirectoryTree.delete(directory);
        }
    }

    // Who looks for the reason finds it there.
    private void keepLogs(Layout layout, Path directory) throws IOException {
        Path logs = new Layout(layout.home(), directory).logs();
        if (Files.exists(logs)) {
            Path kept = layout.state().resolve(directory.getFileName() + "-logs");
            Files.move(logs, kept);
            spec.commandLine().getErr().println("logs: " + kept);
        }
    }
}
