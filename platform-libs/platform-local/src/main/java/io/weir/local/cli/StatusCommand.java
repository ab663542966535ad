package io.weir.local.cli;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.state.Layout;
import io.weir.local.supervisor.Children;
import io.weir.local.supervisor.ControlClient;
import io.weir.local.supervisor.PartStatus;
import io.weir.local.supervisor.StatusReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir status`
@Command(
        name = "status",
        description = "Shows every part. Exit code 0: all ready, 1: some are not, 3: not running.",
        mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

    private static final String ROW = "%-22s %-9s %8s %7s %9s  %s";

    @Mixin
    private final StateOption state = new StateOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    StatusCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Layout layout = state.layout();
        Optional<ControlClient> supervisor = ControlClient.find(layout.controlFile());
        if (supervisor.isEmpty()) {
            return notRunning(Children.running(layout.childrenFile()));
        }
        try (ControlClient control = supervisor.get()) {
            StatusReport report = control.status();
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(Json.text(report));
            } else {
                out.println(String.format(Locale.ROOT, ROW, "PART", "STATE", "PID", "PORT", "RESTARTS", ""));
                report.parts().forEach(part -> out.println(row(part)));
            }
            return report.ready() ? Exit.DONE : Exit.FAILED;
        }
    }

    private static String row(PartStatus part) {
        return String.format(
                        Locale.ROOT,
                        ROW,
                        part.name(),
                        part.state().name().toLowerCase(Locale.ROOT),
                        orDash(part.pid()),
                        orDash(part.port()),
                        part.restarts(),
                        part.detail() == null ? "" : part.detail())
                .stripTrailing();
    }

    private static String orDash(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }

    private int notRunning(List<ProcessIdentity> left) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(Map.of("running", false, "leftovers", left)));
            return Exit.NOT_RUNNING;
        }
        out.println("Weir is not running. Start it with ./weir up");
        if (!left.isEmpty()) {
            out.println("Its supervisor died and left processes: "
                    + left.stream().map(process -> Long.toString(process.pid())).toList()
                    + "\n  fix: ./weir up takes over, ./weir down ends them");
        }
        return Exit.NOT_RUNNING;
    }
}
