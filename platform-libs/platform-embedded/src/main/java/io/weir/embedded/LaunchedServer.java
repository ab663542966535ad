package io.weir.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server in a child process, from its ready line on. It ends with this process, or when closed.
public final class LaunchedServer implements AutoCloseable {

    private static final long STOP_SECONDS = 40;
    private static final int LOG_LINES_SHOWN = 20;

    private final ServerKind kind;
    private final Process process;
    private final int port;

    private LaunchedServer(ServerKind kind, Process process, int port) {
        this.kind = kind;
        this.process = process;
        this.port = port;
    }

    /// Starts it with the JDK and class path of this process, and returns when it is ready.
    ///
    /// @param directory    holds its data and its log
    /// @param passwordFile of the superuser; null where the server has none
    public static LaunchedServer start(ServerKind kind, Path directory, int port, @Nullable Path passwordFile) {
        try {
            Files.createDirectories(directory);
            Path log = directory.resolve(kind.title() + ".log");
            Process process = new ProcessBuilder(kind.command(
                            Path.of(System.getProperty("java.home"), "bin", "java"),
                            System.getProperty("java.class.path"),
                            directory.resolve(kind.title()),
                            port,
                            passwordFile,
                            ServerKind.Lifetime.OF_THE_PARENT))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            return new LaunchedServer(kind, process, readyPort(kind, process, log));
        } catch (IOException e) {
            throw new ServerStartException("cannot start " + kind.title() + " in " + directory, e);
        }
    }

    private static int readyPort(ServerKind kind, Process process, Path log) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("{\"ready\":true")) {
                return port(line);
            }
        }
        List<String> said = Files.readAllLines(log);
        throw new ServerStartException(kind.title() + " ended before it was ready:\n"
                + String.join("\n", said.subList(Math.max(0, said.size() - LOG_LINES_SHOWN), said.size())));
    }

    private static int port(String readyLine) {
        try {
            JsonNode line = JsonMapper.shared().readTree(readyLine);
            return line.path("port").asInt();
        } catch (JacksonException e) {
            throw new ServerStartException("not a ready line: " + readyLine, e);
        }
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Stops it and waits until it has ended; kills it when that takes too long.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends it as a power cut would: without a chance to write anything.
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public String toString() {
        return kind.title() + " on port " + port + ", process " + process.pid();
    }
}
