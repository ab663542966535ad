package io.weir.analytics.proof;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One life of the consumer.
final class CoreLife implements AutoCloseable {

    private static final long STOP_SECONDS = 30;
    // It begins some hundred times.
    private static final List<String> SLIM =
            List.of("-Xmx128m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final CountDownLatch reached = new CountDownLatch(1);

    private CoreLife(Process process) {
        this.process = process;
        Thread.ofPlatform().name("core-says").daemon().start(this::listen);
    }

    /// @param death null: it lives until it is closed
    /// @param before how often it passes the place of its death
    static CoreLife begin(Ground ground, int chunkRecords, @Nullable Death death, int before) throws IOException {
        return begin(SLIM, ground, chunkRecords, death, before);
    }

    /// As above, in a machine with these options.
    static CoreLife begin(List<String> machine, Ground ground, int chunkRecords, @Nullable Death death, int before)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(machine);
        command.addAll(List.of(
                "-Xshare:auto",
                "-Duser.timezone=UTC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=io/weir/analytics/proof/core-logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                CoreProcess.class.getName()));
        command.addAll(ground.arguments());
        command.add(Integer.toString(chunkRecords));
        command.add(death == null ? CoreProcess.NOWHERE : death.name());
        command.add(Integer.toString(before));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        ground.directory().resolve("core.log").toFile()));
        builder.environment().put(CoreProcess.PASSWORD, ground.password());
        return new CoreLife(builder.start());
    }

    private void listen() {
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                if (line.startsWith(CoreProcess.REACHED)) {
                    reached.countDown();
                }
            }
        } catch (IOException ended) {
            // It was killed.
        }
    }

    /// Whether it is where it shall die.
    boolean awaitReached(long millis) throws InterruptedException {
        return reached.await(millis, TimeUnit.MILLISECONDS);
    }

    long pid() {
        return process.pid();
    }

    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// As a power cut would.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// Lets it finish the chunk at hand.
    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
