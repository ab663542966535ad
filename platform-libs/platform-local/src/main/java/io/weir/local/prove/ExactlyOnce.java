package io.weir.local.prove;

import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import io.weir.local.state.PrivateFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Usage reaches ClickHouse exactly once, whenever its consumer dies. The consumer and the comparison are in the
/// analytics service's program; here are the servers, and its output.
final class ExactlyOnce implements Proof {

    private static final String PROGRAM = "io.weir.analytics.proof.ExactlyOnceProgram";
    private static final String JAR = "analytics-service-0.1.0-SNAPSHOT-exec.jar";
    private static final int LOG_LINES = 20;
    private static final int KILLS = 200;

    @Override
    public String name() {
        return "exactly-once";
    }

    @Override
    public String description() {
        return "Kafka to ClickHouse with the consumer killed 200 times over its steps: equal row for row, sealed right";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        Path directory = undertaking.directory();
        Path program = unpacked(undertaking);
        String password = UUID.randomUUID().toString();
        Path passwordFile = directory.resolve("password");
        PrivateFiles.write(passwordFile, password);
        try (LaunchedServer kafka = LaunchedServer.start(ServerKind.KAFKA, directory, 0, null);
                LaunchedServer clickHouse = LaunchedServer.start(ServerKind.CLICKHOUSE, directory, 0, passwordFile)) {
            int kills = undertaking.kills() < 0 ? KILLS : undertaking.kills();
            undertaking.say(kills + " kills, seed " + undertaking.seed());
            List<String> arguments = List.of(
                    "127.0.0.1:" + kafka.port(),
                    "proof.",
                    "http://127.0.0.1:" + clickHouse.port(),
                    "proof",
                    "default",
                    directory.resolve("core").toString(),
                    Long.toString(undertaking.seed()),
                    Integer.toString(kills));
            JsonNode result = result(undertaking, program, arguments, password);
            tell(undertaking, result);
            return new Outcome(result.path("proven").asBoolean(), result);
        }
    }

    private static Path unpacked(Undertaking undertaking) throws IOException, InterruptedException {
        Path jar = undertaking
                .layout()
                .home()
                .resolve("analytics-service")
                .resolve("target")
                .resolve(JAR);
        if (!Files.exists(jar)) {
            throw new IOException(jar + " is not there; build it with `mvn -Dquick package`");
        }
        Path directory = undertaking.directory().resolve("program");
        Process process = new ProcessBuilder(
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("unpacking " + jar + " failed: " + said.strip());
        }
        return directory.resolve(JAR);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static JsonNode result(Undertaking undertaking, Path program, List<String> arguments, String password)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=io/weir/analytics/proof/core-logback.xml",
                "-cp",
                program.toString(),
                PROGRAM));
        command.addAll(arguments);
        Path log = undertaking.directory().resolve("proof.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("WEIR_PROOF_PASSWORD", password);
        Process process = builder.start();
        try {
            String last = relay(undertaking, process);
            if (process.waitFor() != 0 || last == null) {
                List<String> lines = Files.readAllLines(log);
                throw new IOException("the proof ended early:\n"
                        + String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())));
            }
            return JsonMapper.shared().readTree(last);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    // The last line is the result.
    private static @Nullable String relay(Undertaking undertaking, Process process) throws IOException {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String last = null;
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("{")) {
                    last = line;
                } else {
                    undertaking.progress(line);
                }
            }
            undertaking.endProgress();
            return last;
        }
    }

    private static void tell(Undertaking undertaking, JsonNode result) {
        JsonNode found = result.path("found");
        undertaking.say("");
        undertaking.say(String.format(Locale.ROOT, "%-18s %10s %12s", "ROWS", "BY KAFKA", "CLICKHOUSE"));
        found.path("kafka")
                .forEachEntry((table, rows) -> undertaking.say(String.format(
                        Locale.ROOT,
                        "%-18s %10d %12d",
                        table,
                        rows.asLong(),
                        found.path("clickHouse").path(table).asLong())));
        undertaking.say("");
        undertaking.say(
                "killed: " + result.path("byStep") + ", without coming to their step: " + result.path("elsewhere"));
        undertaking.say(String.format(
                Locale.ROOT,
                "%d records; missing %d, doubled %d, unexplained %d; sealed hours %d, wrong %d",
                found.path("records").asLong(),
                found.path("missing").asLong(),
                found.path("doubled").asLong(),
                found.path("unexplained").asLong(),
                found.path("hours").asLong(),
                found.path("hoursWrong").asLong()));
        undertaking.say(result.path("proven").asBoolean() ? "exactly once holds" : "exactly once is NOT proven");
    }
}
