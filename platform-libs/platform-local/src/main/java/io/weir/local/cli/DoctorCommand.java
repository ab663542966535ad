package io.weir.local.cli;

import io.weir.local.doctor.Doctor;
import io.weir.local.doctor.Finding;
import io.weir.local.doctor.Finding.Verdict;
import io.weir.local.state.Layout;
import io.weir.local.supervisor.ControlClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir doctor`
@Command(
        name = "doctor",
        description = "Checks this machine. Exit code 0: nothing in the way (warnings included), 1: something is.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {

    @Mixin
    private final StateOption state = new StateOption();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    DoctorCommand() {}

    @Override
    public Integer call() {
        Layout layout = state.layout();
        boolean running = ControlClient.find(layout.controlFile()).isPresent();
        List<Finding> findings = new Doctor(layout, System.getenv(), running).examine();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.text(findings));
        } else {
            findings.forEach(finding -> print(out, finding));
        }
        boolean failed = findings.stream().anyMatch(finding -> finding.verdict() == Verdict.FAILED);
        return failed ? Exit.FAILED : Exit.DONE;
    }

    private static void print(PrintWriter out, Finding finding) {
        out.println(String.format(
                Locale.ROOT,
                "%-8s %-22s %s",
                finding.verdict().name().toLowerCase(Locale.ROOT),
                finding.check(),
                finding.detail()));
        if (finding.fix() != null) {
            out.println("         fix: " + finding.fix());
        }
    }
}
