package io.weir.local.prove;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A program of the analytics service's jar, which stands beside its service and measures or proves.
final class AnalyticsProgram {

    private static final String JAR = "analytics-service-0.1.0-SNAPSHOT-exec.jar";
    private static final int LOG_LINES = 20;

    private AnalyticsProgram() {}

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

    /// Runs it; what it says is shown, and its last line, of JSON, is given back.
    static JsonNode run(Undertaking undertaking, String program, List<String> arguments, String password)
            throws IOException, InterruptedException {
        Path jar = unpacked(undertaking);
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=io/weir/analytics/proof/core-logback.xml",
                "-cp",
                jar.toString(),
                program));
        command.addAll(arguments);
        Path log = undertaking.directory().resolve("proof.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("WEIR_PROOF_PASSWORD", password);
        Process process = builder.start();
        try {
            String last = relay(undertaking, process);
            if (process.waitFor() != 0 || last == null) {
                List<String> lines = Files.readAllLines(log);
                throw new IOException("it ended early:\n"
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
}
