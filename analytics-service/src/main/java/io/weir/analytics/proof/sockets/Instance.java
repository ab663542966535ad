package io.weir.analytics.proof.sockets;

import io.weir.analytics.AnalyticsApplication;
import io.weir.security.KeyPairFiles;
import io.weir.security.Passport;
import io.weir.security.PassportIssuer;
import io.weir.security.Scope;
import io.weir.security.SigningKey;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// analytics-service as a process of its own on a fixed port, with the heap that the local platform gives it. Can be
/// killed and started again; says what memory it takes.
final class Instance implements AutoCloseable {

    private static final String HEAP = "-Xmx192m";
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final Path directory;
    private final Map<String, String> settings;
    private final PassportIssuer gateway;
    private final Path signingKey;
    private final int port = freePort();
    private final int management = freePort();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build();
    private volatile Process process;

    /// Returns when it is ready.
    ///
    /// @param settings where its servers are
    Instance(Path directory, Map<String, String> settings) throws IOException, InterruptedException {
        this.directory = directory;
        this.settings = Map.copyOf(settings);
        Path secret = Files.createDirectories(directory.resolve("secret"));
        Path trusted = Files.createDirectories(directory.resolve("trusted"));
        signingKey = KeyPairFiles.generate("analytics", secret, trusted);
        gateway = new PassportIssuer(
                SigningKey.load(KeyPairFiles.generate("gateway", secret, trusted)), Clock.systemUTC());
        process = launch();
        awaitReady();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    String passport(TenantId tenant) {
        return gateway.mint(
                new TenantContext(tenant, "free", Placement.POOL, "local"), "key:k", "k", Set.of(Scope.ANALYTICS));
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                AnalyticsApplication.class.getName(),
                "--server.port=" + port,
                "--server.address=127.0.0.1",
                "--server.shutdown=immediate",
                "--management.server.port=" + management,
                "--management.server.address=127.0.0.1",
                "--weir.tracing.sampling=0",
                "--weir.security.signing-key=" + signingKey,
                "--weir.security.trusted-keys=" + directory.resolve("trusted"),
                "--weir.state-directory=" + directory.resolve("state")));
        settings.forEach((name, value) -> command.add("--" + name + "=" + value));
        Path log = directory.resolve("analytics.log");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        while (!ready()) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                process.destroyForcibly();
                throw new IOException("analytics-service is not ready; see " + directory.resolve("analytics.log"));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean ready() throws InterruptedException {
        try {
            return get(port, "/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private HttpResponse<String> get(int at, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at + path))
                .timeout(ANSWER_LIMIT)
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /// `kill -9`; returns when it is gone.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// Returns when it is ready again.
    void startAgain() throws IOException, InterruptedException {
        process = launch();
        awaitReady();
    }

    /// The sum of a meter's series whose line contains the word.
    double meter(String name, String word) throws IOException, InterruptedException {
        return get(management, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(word))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /// Bytes of objects that are alive, after a full collection.
    long liveHeap() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process asked = new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        asked.waitFor();
        Matcher total = TOTAL.matcher(said);
        if (!total.find()) {
            throw new IOException("jcmd says no total");
        }
        return Long.parseLong(total.group(1));
    }

    /// Resident bytes as the kernel counts them; 0 where it does not tell.
    long resident() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                .sum();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
        http.close();
    }

    /// The header that opens a socket.
    static String header() {
        return Passport.HEADER;
    }
}
