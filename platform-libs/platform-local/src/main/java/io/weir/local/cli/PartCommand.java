package io.weir.local.cli;

import io.weir.local.state.Layout;
import io.weir.local.supervisor.ControlClient;
import io.weir.local.supervisor.PartState;
import io.weir.local.supervisor.PartStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Asks the supervisor something about one part and waits until it is so.
final class PartCommand {

    /// What is asked.
    @FunctionalInterface
    interface Request {
        void send(ControlClient supervisor, String part) throws IOException, InterruptedException;
    }

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private PartCommand() {}

    static int run(Layout layout, String part, Request request, PartState expected, PrintWriter out, PrintWriter err)
            throws IOException, InterruptedException {
        Optional<ControlClient> supervisor = ControlClient.find(layout.controlFile());
        if (supervisor.isEmpty()) {
            err.println("Weir is not running. Start it with ./weir up");
            return Exit.NOT_RUNNING;
        }
        try (ControlClient control = supervisor.get()) {
            request.send(control, part);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            PartStatus status = find(control, part);
            while (status.state() != expected && System.nanoTime() - deadline < 0) {
                Pause.briefly();
                status = find(control, part);
            }
            boolean reached = status.state() == expected;
            (reached ? out : err)
                    .println(status.name() + " is " + status.state().name().toLowerCase(Locale.ROOT)
                            + (status.detail() == null ? "" : ": " + status.detail()));
            return reached ? Exit.DONE : Exit.FAILED;
        }
    }

    private static PartStatus find(ControlClient control, String name) throws IOException, InterruptedException {
        return control.status().parts().stream()
                .filter(part -> part.name().equals(name) || part.name().equals(name + "-service"))
                .findFirst()
                .orElseThrow(() -> new IOException("part " + name + " is gone"));
    }
}
