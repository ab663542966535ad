package io.weir.local.backup;

import io.weir.local.process.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// Processes that stand still, with all that they started, until it is closed: what they have written by then is of
/// one instant. They go on also when this process is killed meanwhile. Not safe for use by several threads.
final class Standstill implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    // The shell that stops them has them go on when its input ends: that of a process that was killed ends, too.
    private static final String STOP_UNTIL_END_OF_INPUT =
            "kill -STOP \"$@\" 2>/dev/null; echo; read -r _; kill -CONT \"$@\" 2>/dev/null; exit 0";

    private final List<Process> shells = new ArrayList<>();

    private Standstill() {}

    /// Returns when all of them stand still. Throws [IOException] where one does not within seconds; all go on then.
    static Standstill of(Collection<ProcessIdentity> processes) throws IOException {
        Standstill still = new Standstill();
        try {
            still.stop(processes);
            return still;
        } catch (IOException | RuntimeException failed) {
            still.close();
            throw failed;
        }
    }

    // Whoever was not stopped yet may have started somebody: once more until there is nobody new.
    private void stop(Collection<ProcessIdentity> processes) throws IOException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Set<Long> stopped = new LinkedHashSet<>();
        List<Long> fresh = newcomers(processes, stopped);
        while (!fresh.isEmpty()) {
            List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", STOP_UNTIL_END_OF_INPUT, "standstill"));
            fresh.forEach(pid -> command.add(Long.toString(pid)));
            Process shell = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            shells.add(shell);
            if (shell.getInputStream().read() < 0) {
                throw new IOException("processes " + fresh + " could not be told to stand still");
            }
            for (long pid : fresh) {
                awaitStandstill(pid, deadline);
            }
            stopped.addAll(fresh);
            fresh = newcomers(processes, stopped);
        }
    }

    // Looks at all processes once: to ask each for what it started takes long while everybody waits.
    private static List<Long> newcomers(Collection<ProcessIdentity> processes, Set<Long> known) {
        Map<Long, List<Long>> started = new HashMap<>();
        ProcessHandle.allProcesses()
                .forEach(process -> process.parent()
                        .ifPresent(parent -> started.computeIfAbsent(parent.pid(), absent -> new ArrayList<>())
                                .add(process.pid())));
        List<Long> found = new ArrayList<>();
        Deque<Long> open = new ArrayDeque<>();
        processes.stream()
                .map(ProcessIdentity::alive)
                .flatMap(Optional::stream)
                .forEach(process -> open.add(process.pid()));
        while (!open.isEmpty()) {
            long pid = open.remove();
            found.add(pid);
            open.addAll(started.getOrDefault(pid, List.of()));
        }
        return found.stream().distinct().filter(pid -> !known.contains(pid)).toList();
    }

    private static void awaitStandstill(long pid, long deadline) throws IOException {
        while (isMoving(pid)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("process " + pid + " does not stand still within " + LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(GLANCE_NANOS);
        }
    }

    /// False for one that has ended.
    private static boolean isMoving(long pid) throws IOException {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        if (!Files.isDirectory(Path.of("/proc", "self"))) {
            return isMovingSaysPs(pid);
        }
        try {
            String line = Files.readString(stat);
            char state = line.charAt(line.lastIndexOf(')') + 2);
            return "TtZX".indexOf(state) < 0;
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean isMovingSaysPs(long pid) throws IOException {
        Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid)).start();
        String state = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return !state.isBlank() && "TZ".indexOf(state.strip().charAt(0)) < 0;
    }

    /// All go on. Returns when they were told.
    @Override
    public void close() {
        for (Process shell : shells.reversed()) {
            try {
                shell.getOutputStream().close();
                shell.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (IOException | ExecutionException | TimeoutException e) {
                // Its input has ended all the same.
                shell.destroy();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        shells.clear();
    }
}
