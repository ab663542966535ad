package io.weir.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A native program that ends when this process ends, however this process ends. A small shell stands between:
/// it holds the read end of a pipe from here, and stops the program when that pipe reaches its end.
final class GuardedProcess implements AutoCloseable {

    // The reading loop is the shell's own, so that nothing else is left when the program ends first.
    private static final String GUARD = """
            signal=$1; shift
            exec 3<&0
            "$@" </dev/null 3<&- &
            program=$!
            ( while read -r _ <&3; do :; done; kill -s "$signal" $program 2>/dev/null ) &
            watch=$!
            trap : TERM INT HUP
            status=0
            while kill -0 $program 2>/dev/null; do wait $program; status=$?; done
            kill $watch 2>/dev/null
            exit $status
            """;

    private final Process shell;
    private final Duration grace;

    private GuardedProcess(Process shell, Duration grace) {
        this.shell = shell;
        this.grace = grace;
    }

    /// Starts `command`; its output goes to this process's standard error.
    static GuardedProcess start(String stopSignal, Duration grace, List<String> command) throws IOException {
        List<String> guarded = new ArrayList<>(List.of("/bin/sh", "-c", GUARD, "guard", stopSignal));
        guarded.addAll(command);
        // The shell writes to our standard error; our standard output is for the one line that says ready.
        ProcessBuilder builder = new ProcessBuilder(guarded).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("LC_ALL", "C");
        Process shell = builder.redirectErrorStream(false).start();
        Thread copier = new Thread(() -> copyOutput(shell), "server-output");
        copier.setDaemon(true);
        copier.start();
        return new GuardedProcess(shell, grace);
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    int exitStatus() {
        return shell.exitValue();
    }

    void awaitEnd() throws InterruptedException {
        shell.waitFor();
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            if (!shell.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                shell.descendants().forEach(ProcessHandle::destroyForcibly);
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copyOutput(Process shell) {
        try {
            shell.getInputStream().transferTo(System.err);
        } catch (IOException e) {
            // the program has ended
        }
    }
}
