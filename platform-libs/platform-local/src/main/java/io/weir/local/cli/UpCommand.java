package io.weir.local.cli;

import io.weir.embedded.ChdbLibrary;
import io.weir.local.platform.LocalPlatform;
import io.weir.local.process.PortHolder;
import io.weir.local.process.Termination;
import io.weir.local.state.InvalidPortException;
import io.weir.local.state.Layout;
import io.weir.local.state.Port;
import io.weir.local.state.Ports;
import io.weir.local.state.PrivateFiles;
import io.weir.local.supervisor.Children;
import io.weir.local.supervisor.ControlClient;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir up`
@Command(
        name = "up",
        description = "Starts everything and waits until it is ready. Harmless where it already runs.",
        footer = {
            "",
            "Another port: WEIR_PORT_GATEWAY=9080 ./weir up (likewise HTTPS, TENANT, ORCHESTRATION, BILLING,",
            "ANALYTICS, PROVIDER_SIMULATOR, KAFKA, POSTGRES, REDIS, CLICKHOUSE; a service's management port is 10000 higher).",
            "Another provider: WEIR_OPENAI_BASE_URL=http://127.0.0.1:11434/v1 ./weir up"
        },
        mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {

    // A session of its own where the system has the command for it; else deaf to the end of this terminal.
    private static final String DETACHED =
            "umask 077; trap '' HUP; if command -v setsid >/dev/null; then exec setsid \"$@\"; else exec \"$@\"; fi";
    private static final Duration SUPERVISOR_START = Duration.ofSeconds(20);
    private static final Duration LEFTOVER_GRACE = Duration.ofSeconds(30);

    @Mixin
    private final StateOption state = new StateOption();

    @Option(
            names = "--json",
            description = "Print what .weir/platform.json holds, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = "--real",
            description = "Use the real providers whose keys are in OPENAI_API_KEY and the like. This spends money.")
    private boolean real;

    @Option(names = "--random-ports", description = "Use free ports instead of the usual ones.")
    private boolean randomPorts;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Give up after that long (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 300;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    UpCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        long started = System.nanoTime();
        PrintWriter progress =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        Layout layout = state.layout();
        layout.create();
        try (FileChannel channel = FileChannel.open(
                        layout.run().resolve("up.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Optional<ControlClient> running = ControlClient.find(layout.controlFile());
            if (running.isEmpty() && (!lock.isValid() || !launch(layout, progress))) {
                return Exit.FAILED;
            }
            try (ControlClient supervisor = running.orElseGet(() -> awaitSupervisor(layout))) {
                supervisor.startAll();
                Duration left = Duration.ofSeconds(timeoutSeconds);
                boolean ready = new Progress(progress, layout, running.isPresent()).follow(supervisor, left);
                return ready ? tell(layout, started) : Exit.FAILED;
            }
        }
    }

    private boolean launch(Layout layout, PrintWriter progress) throws IOException, InterruptedException {
        Termination.end(Children.running(layout.childrenFile()), LEFTOVER_GRACE);
        Ports ports;
        try {
            ports = randomPorts ? Ports.random() : Ports.fromEnvironment(System.getenv());
        } catch (InvalidPortException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return false;
        }
        if (!allFree(ports)) {
            return false;
        }
        ports.write(layout.portsFile());
        ChdbLibrary.locate(); // fetched here, where its progress is seen
        progress.println("Starting Weir in " + layout.state());
        progress.flush();
        startSupervisor(layout);
        return true;
    }

    private boolean allFree(Ports ports) {
        boolean free = true;
        PrintWriter err = spec.commandLine().getErr();
        for (Port port : Port.values()) {
            int number = ports.of(port);
            if (!PortHolder.isFree(number)) {
                free = false;
                String holder = PortHolder.of(number)
                        .map(found -> "process " + found.pid() + " (" + found.command() + ")")
                        .orElse("a process that this user may not look at");
                err.println("port " + number + ", for " + port.title() + ", is held by " + holder);
                err.println("  fix: end that process, or choose another port: WEIR_PORT_" + port.name() + "="
                        + (number + 100) + " ./weir up");
            }
        }
        return free;
    }

    private void startSupervisor(Layout layout) throws IOException {
        Files.deleteIfExists(layout.controlFile());
        Path log = PrivateFiles.touch(layout.log("supervisor"));
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", DETACHED, "weir"));
        command.addAll(LocalPlatform.command(layout, real));
        new ProcessBuilder(command)
                .directory(layout.state().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static ControlClient awaitSupervisor(Layout layout) {
        long deadline = System.nanoTime() + SUPERVISOR_START.toNanos();
        Optional<ControlClient> supervisor = ControlClient.find(layout.controlFile());
        while (supervisor.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the supervisor did not start within " + SUPERVISOR_START.toSeconds()
                        + " s; see " + layout.log("supervisor"));
            }
            Pause.briefly();
            supervisor = ControlClient.find(layout.controlFile());
        }
        return supervisor.get();
    }

    private int tell(Layout layout, long started) {
        String platform = PrivateFiles.read(layout.platformFile());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(platform);
        } else {
            new Welcome(out).print(layout, platform, Duration.ofNanos(System.nanoTime() - started));
        }
        out.flush();
        return Exit.DONE;
    }
}
