package io.weir.billing.stripe;

import io.weir.simulators.stripe.StripeSimulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The Stripe simulator as a process of its own: a service that stops takes the threads of every server with it that
/// runs in its process.
final class SimulatedStripe implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("\\{\"ready\":true,\"port\":([0-9]+)}");

    private final Process process;
    private final int port;

    SimulatedStripe(Path directory, String webhookUrl, String secret) throws IOException {
        Path secretFile = Files.writeString(directory.resolve("webhook-secret"), secret);
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StripeSimulator.class.getName(),
                        "--port",
                        "0",
                        "--webhook-url",
                        webhookUrl,
                        "--webhook-secret-file",
                        secretFile.toString(),
                        "--die-with-parent"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        port = readyPort(out);
        Thread.ofVirtual().start(() -> out.lines().forEach(line -> {}));
    }

    private int readyPort(BufferedReader out) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher ready = READY.matcher(line);
            if (ready.find()) {
                return Integer.parseInt(ready.group(1));
            }
        }
        throw new IOException("the Stripe simulator ended before it was ready");
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
