package io.weir.local.cli;

import io.weir.local.demo.Demo;
import io.weir.local.demo.DemoResult;
import io.weir.local.state.Layout;
import io.weir.local.state.PrivateFiles;
import io.weir.local.supervisor.ControlClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `weir demo`
@Command(
        name = "demo",
        description = {
            "Three customers call three providers; every figure is then compared in two books. Starts the",
            "platform where it does not run. Exit code 1 when anything differs. Spends no money."
        },
        footer = {"", "Each run provisions customers of its own. The same seed makes the same calls."},
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    private static final int SEEDS = 10_000;

    @Mixin
    private final StateOption state = new StateOption();

    @Option(names = "--seed", paramLabel = "N", description = "Which calls are made (default: any).")
    private @Nullable Long seed;

    @Option(names = "--json", description = "End with one line of JSON: seed, requests, tokens, invoices, difference.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    DemoCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Layout layout = state.layout();
        if (!isRunning(layout)) {
            int up = spec.parent()
                    .commandLine()
                    .execute("up", "--state-dir", layout.state().toString());
            if (up != Exit.DONE) {
                return up;
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        long chosen = seed == null ? ThreadLocalRandom.current().nextInt(SEEDS) : seed;
        String platform = PrivateFiles.read(layout.platformFile());
        DemoResult result =
                new Demo(JsonMapper.shared().readTree(platform), chosen, layout.invoicePages(), out, Ansi.AUTO).run();
        if (json) {
            out.println(JsonMapper.shared().writeValueAsString(result));
        }
        out.flush();
        return result.addsUp() ? Exit.DONE : Exit.FAILED;
    }

    private static boolean isRunning(Layout layout) throws IOException, InterruptedException {
        Optional<ControlClient> supervisor = ControlClient.find(layout.controlFile());
        if (supervisor.isEmpty()) {
            return false;
        }
        try (ControlClient control = supervisor.get()) {
            return control.status().ready() && Files.exists(layout.platformFile());
        }
    }
}
