package io.weir.local.cli;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.process.Termination;
import io.weir.local.state.Layout;
import io.weir.local.supervisor.Children;
import io.weir.local.supervisor.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ends a platform: through its supervisor where there is one, and makes sure that no process of it is left.
final class Ending {

    private static final Duration ORDERLY = Duration.ofSeconds(150);
    private static final Duration GRACE = Duration.ofSeconds(20);

    private Ending() {}

    /// False when there was nothing to end.
    static boolean of(Layout layout) throws IOException, InterruptedException {
        List<ProcessIdentity> all = new ArrayList<>(Children.running(layout.childrenFile()));
        Optional<ControlClient> supervisor = ControlClient.find(layout.controlFile());
        if (supervisor.isPresent()) {
            try (ControlClient control = supervisor.get()) {
                // The supervisor last: it has the children ended in their order.
                all.add(control.supervisor());
                askForTheEnd(control);
                awaitEnd(control.supervisor());
            }
        }
        boolean some = !all.isEmpty();
        all.addAll(Children.running(layout.childrenFile()));
        Termination.end(all, GRACE);
        Files.deleteIfExists(layout.controlFile());
        Files.deleteIfExists(layout.childrenFile());
        Files.deleteIfExists(layout.platformFile());
        return some;
    }

    /// A supervisor that does not answer still hears a signal, and does the same.
    private static void askForTheEnd(ControlClient control) throws InterruptedException {
        try {
            control.down();
        } catch (IOException e) {
            control.supervisor().alive().ifPresent(ProcessHandle::destroy);
        }
    }

    private static void awaitEnd(ProcessIdentity supervisor) {
        long deadline = System.nanoTime() + ORDERLY.toNanos();
        while (supervisor.alive().isPresent() && System.nanoTime() - deadline < 0) {
            Pause.briefly();
        }
    }
}
