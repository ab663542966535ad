package io.weir.local.cli;

import io.weir.local.state.Layout;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir logs`
@Command(
        name = "logs",
        description = "Shows the end of the logs: of one part, or of all of them.",
        mixinStandardHelpOptions = true)
public final class LogsCommand implements Callable<Integer> {

    private static final String SUFFIX = ".log";

    @Mixin
    private final StateOption state = new StateOption();

    @Parameters(arity = "0..1", paramLabel = "PART", description = "For example gateway, tenant, postgres, supervisor.")
    private @Nullable String part;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "COUNT",
            description = "How many lines (default: ${DEFAULT-VALUE}).")
    private int lines = 50;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is added, until interrupted.")
    private boolean follow;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    LogsCommand() {}

    @Override
    public Integer call() throws IOException {
        Layout layout = state.layout();
        List<String> known = known(layout);
        List<String> chosen = part == null ? known : named(known, part);
        if (chosen.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("no log of " + (part == null ? "any part" : part) + " in " + layout.logs()
                            + (known.isEmpty()
                                    ? "; nothing was started here yet"
                                    : " (there are: " + String.join(", ", known) + ")"));
            return Exit.FAILED;
        }
        PrintWriter out = spec.commandLine().getOut();
        List<LogTail> tails = new ArrayList<>();
        for (String name : chosen) {
            LogTail tail = new LogTail(layout.log(name), chosen.size() == 1 ? "" : name + " | ");
            tail.printLast(out, lines);
            tails.add(tail);
        }
        out.flush();
        while (follow && !out.checkError()) {
            for (LogTail tail : tails) {
                tail.printNew(out);
            }
            out.flush();
            Pause.briefly();
        }
        return Exit.DONE;
    }

    private static List<String> named(List<String> known, String wanted) {
        return known.stream()
                .filter(name -> name.equals(wanted) || name.equals(wanted + "-service"))
                .toList();
    }

    private static List<String> known(Layout layout) throws IOException {
        if (!Files.isDirectory(layout.logs())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(layout.logs())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }
}
