package io.weir.local.prove.lanes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Somebody else's server, on a port of 127.0.0.1. It ends when closed, or with this process.
final class ListeningProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long GRACE_SECONDS = 5;
    private static final int CONNECT_MILLIS = 1_000;

    private final Process process;
    private final Thread hook;

    private ListeningProcess(Process process) {
        this.process = process;
        this.hook = new Thread(this::end, "server-end");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Returns when it takes connections.
    static ListeningProcess start(ProcessBuilder builder, int port, Path log) throws IOException {
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        ListeningProcess server = new ListeningProcess(process);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isListening(port)) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                server.close();
                List<String> words = Files.readAllLines(log);
                throw new IOException(builder.command().getFirst() + " does not listen: " + String.join("\n", words));
            }
            LockSupport.parkNanos(GLANCE_NANOS);
        }
        return server;
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    private void end() {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroy();
        try {
            process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        below.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the hook runs, or has run
        }
    }
}
