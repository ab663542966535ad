package io.weir.local.supervisor;

import io.weir.local.process.ProcessIdentity;
import io.weir.local.process.Termination;
import io.weir.local.state.PrivateFiles;
import io.weir.local.supervisor.Part.HttpOk;
import io.weir.local.supervisor.Part.Readiness;
import io.weir.local.supervisor.Part.ReadyLine;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A running program: its identity, its log, and whether it has said that it is ready.
final class ChildProcess {

    private static final Duration GRACE = Duration.ofSeconds(45);
    private static final long LARGEST_LOG = 32L << 20;
    private static final int PROBE_MILLIS = 2_000;
    private static final File NOTHING = new File("/dev/null");

    private final Process process;
    private final ProcessIdentity identity;
    private final Readiness readiness;
    private volatile boolean saidReady;

    private ChildProcess(Process process, ProcessIdentity identity, Readiness readiness) {
        this.process = process;
        this.identity = identity;
        this.readiness = readiness;
    }

    /// Starts it with its output appended to `log`.
    static ChildProcess start(ProcessBuilder builder, Readiness readiness, Path log) throws IOException {
        keepLogSmall(log);
        PrivateFiles.touch(log);
        ProcessBuilder.Redirect toLog = ProcessBuilder.Redirect.appendTo(log.toFile());
        builder.redirectError(toLog);
        if (readiness instanceof HttpOk) {
            builder.redirectOutput(toLog).redirectInput(NOTHING);
        }
        Process process = builder.start();
        ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow(() -> endedAtOnce(process, log));
        ChildProcess child = new ChildProcess(process, identity, readiness);
        if (readiness instanceof ReadyLine) {
            // No virtual thread: reading a pipe holds its carrier, and there are as few of those as cores.
            Thread.ofPlatform().daemon().name("output-of-" + process.pid()).start(() -> child.readOutput(log));
        }
        return child;
    }

    // What is gone from the process table before it could be looked up has an exit status already.
    private static IOException endedAtOnce(Process process, Path log) {
        process.onExit().completeOnTimeout(process, 1, TimeUnit.SECONDS).join();
        String status = process.isAlive() ? "" : " with status " + process.exitValue();
        return new IOException("it ended at once" + status + "; see " + log);
    }

    private static void keepLogSmall(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LARGEST_LOG) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void readOutput(Path log) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                OutputStream copy = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                saidReady |= line.startsWith("{\"ready\":true");
                copy.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // the program has ended
        }
    }

    ProcessIdentity identity() {
        return identity;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitStatus() {
        return process.exitValue();
    }

    boolean isReady() {
        return switch (readiness) {
            case ReadyLine _ -> saidReady;
            case HttpOk probe -> answersOk(probe);
        };
    }

    private static boolean answersOk(HttpOk probe) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) probe.address().toURL().openConnection();
            connection.setConnectTimeout(PROBE_MILLIS);
            connection.setReadTimeout(PROBE_MILLIS);
            try {
                return connection.getResponseCode() == 200;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }

    /// Ends it, at first politely. Returns when it has ended.
    void end() {
        Termination.end(List.of(identity), GRACE);
    }
}
