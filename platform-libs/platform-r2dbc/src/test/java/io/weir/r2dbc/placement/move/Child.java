package io.weir.r2dbc.placement.move;

import io.weir.r2dbc.placement.PlacedDatabase;
import io.weir.testing.Infrastructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// A [MovingProcess] in a JVM of its own.
final class Child implements AutoCloseable {

    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> there = new CompletableFuture<>();

    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    private Child(Process process) {
        this.process = process;
    }

    /// @param point where it stands still; `-` for nowhere
    static Child start(PlacedDatabase database, String point) throws IOException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MovingProcess.class.getName(),
                        postgres.host(),
                        Integer.toString(postgres.port()),
                        database.name,
                        point))
                .redirectErrorStream(true)
                .start();
        Child child = new Child(process);
        Thread.ofVirtual().start(child::listen);
        return child;
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                said.add(line);
                if (line.equals("READY")) {
                    ready.complete(null);
                } else if (line.startsWith("AT ")) {
                    there.complete(null);
                }
                line = lines.readLine();
            }
        } catch (IOException ended) {
            // The pipe breaks with the process.
        }
        ready.completeExceptionally(new IllegalStateException("the child has ended, and had said " + said()));
        there.completeExceptionally(new IllegalStateException("the child has ended, and had said " + said()));
    }

    void awaitReady() throws Exception {
        ready.get(60, TimeUnit.SECONDS);
    }

    /// Lets it begin.
    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /// True when it stands at its point, false when `within` seconds have passed.
    boolean standsWithin(long seconds) throws Exception {
        try {
            there.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (java.util.concurrent.TimeoutException late) {
            return false;
        }
    }

    /// What it wrote.
    String said() {
        return String.join("\n", said);
    }

    /// Ends it as `kill -9` does.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
