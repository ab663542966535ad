package io.weir.simulators.stripe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where and how the simulator runs.
///
/// @param host the address to listen on
/// @param port 0 for any free one
/// @param dieWithParent end when standard input ends
/// @param webhook an endpoint that is there from the start; null: none
/// @param stateFile keeps customers and invoices over a restart; null: nothing does
/// @param webhookRetry wait before a webhook's second attempt; it doubles from there
public record StripeSimulatorOptions(
        String host,
        int port,
        boolean dieWithParent,
        @Nullable Webhook webhook,
        @Nullable Path stateFile,
        Duration webhookRetry) {

    static final String USAGE = """
            Usage: stripe-simulator [--port <port>] [--host <address>] [--webhook-url <url> --webhook-secret-file <file>]
                                    [--state-file <file>] [--die-with-parent]
              --port                 port to listen on, 0 for any free one (default 8091)
              --host                 address to listen on (default 127.0.0.1)
              --webhook-url          where events are sent from the start
              --webhook-secret-file  file with the secret that signs them
              --state-file           keeps customers and invoices over a restart
              --die-with-parent      end when standard input ends
            """;

    private static final String LOOPBACK = "127.0.0.1";
    private static final int DEFAULT_PORT = 8091;
    private static final int MAX_PORT = 65_535;
    private static final Duration DEFAULT_RETRY = Duration.ofMillis(250);

    public StripeSimulatorOptions {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("--port: " + port + " (expected: 0 to " + MAX_PORT + ")");
        }
    }

    /// Where events are sent from the start, for every type of customer and invoice event.
    ///
    /// @param secret signs them, as `whsec_...`
    public record Webhook(String url, String secret) {

        @Override
        public String toString() {
            return "Webhook[" + url + "]";
        }
    }

    /// Loopback, any free port, no webhooks.
    public static StripeSimulatorOptions onAnyPort() {
        return new StripeSimulatorOptions(LOOPBACK, 0, false, null, null, DEFAULT_RETRY);
    }

    public StripeSimulatorOptions withWebhook(String url, String secret) {
        return new StripeSimulatorOptions(host, port, dieWithParent, new Webhook(url, secret), stateFile, webhookRetry);
    }

    public StripeSimulatorOptions withWebhookRetry(Duration firstWait) {
        return new StripeSimulatorOptions(host, port, dieWithParent, webhook, stateFile, firstWait);
    }

    public StripeSimulatorOptions withStateFile(Path file) {
        return new StripeSimulatorOptions(host, port, dieWithParent, webhook, file, webhookRetry);
    }

    /// Reads a command line. Throws [IllegalArgumentException] naming the argument that is wrong.
    static StripeSimulatorOptions parse(String... arguments) {
        String host = LOOPBACK;
        int port = DEFAULT_PORT;
        String webhookUrl = null;
        String secretFile = null;
        Path stateFile = null;
        boolean dieWithParent = false;
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--host" -> host = valueAt(++i, arguments);
                case "--port" -> port = numberAt(++i, arguments);
                case "--webhook-url" -> webhookUrl = valueAt(++i, arguments);
                case "--webhook-secret-file" -> secretFile = valueAt(++i, arguments);
                case "--state-file" -> stateFile = Path.of(valueAt(++i, arguments));
                case "--die-with-parent" -> dieWithParent = true;
                default -> throw new IllegalArgumentException(arguments[i] + ": unknown argument");
            }
        }
        return new StripeSimulatorOptions(
                host, port, dieWithParent, webhook(webhookUrl, secretFile), stateFile, DEFAULT_RETRY);
    }

    private static @Nullable Webhook webhook(@Nullable String url, @Nullable String secretFile) {
        if (url == null && secretFile == null) {
            return null;
        }
        if (url == null) {
            throw new IllegalArgumentException("--webhook-url: missing beside --webhook-secret-file");
        }
        if (secretFile == null) {
            throw new IllegalArgumentException("--webhook-secret-file: missing beside --webhook-url");
        }
        try {
            return new Webhook(url, Files.readString(Path.of(secretFile)).strip());
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "--webhook-secret-file: " + secretFile + " cannot be read", new UncheckedIOException(unreadable));
        }
    }

    private static String valueAt(int index, String... arguments) {
        if (index >= arguments.length) {
            throw new IllegalArgumentException(arguments[index - 1] + ": value missing");
        }
        return arguments[index];
    }

    private static int numberAt(int index, String... arguments) {
        String value = valueAt(index, arguments);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    arguments[index - 1] + ": " + value + " (expected: a number)", notANumber);
        }
    }
}
