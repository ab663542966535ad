package io.weir.local.prove;

import io.weir.local.prove.load.Customer;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/// Runs a scenario of `loadtests` in a process of its own and reads what Gatling measured.
final class Gatling {

    private static final String PACKAGE = "io.weir.loadtests.";
    private static final int LOG_LINES = 20;
    private static final Duration GRACE = Duration.ofMinutes(4);

    private Gatling() {}

    /// One scenario.
    ///
    /// @param rate calls a second on average, where calls come whatever is under way
    /// @param concurrency calls under way, where so many are
    /// @param mixed long prompts, streams and embeddings among them, few tenants with most of the calls
    record Scenario(String simulation, Duration lasting, double rate, int concurrency, boolean mixed) {}

    /// What came of it; times in milliseconds, of calls that were answered.
    record Measured(long calls, long failed, long p50, long p95, long p99, long most) {

        double failedPercent() {
            return calls == 0 ? 100 : 100.0 * failed / calls;
        }
    }

    static Measured run(Undertaking undertaking, String gateway, List<Customer> customers, Scenario scenario)
            throws IOException, InterruptedException {
        Path module = undertaking.layout().home().resolve("loadtests").resolve("target");
        Path classPath = module.resolve("scenarios.classpath");
        if (!Files.exists(classPath)) {
            throw new IOException(classPath + " is not there; build it with `mvn -Dquick package`");
        }
        Path directory = Files.createDirectories(
                undertaking.directory().resolve("gatling-" + scenario.simulation.toLowerCase(Locale.ROOT)));
        Path keys = directory.resolve("keys");
        PrivateFiles.write(
                keys, String.join("\n", customers.stream().map(Customer::key).toList()) + "\n");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dweir.gateway=" + gateway,
                "-Dweir.keys=" + keys,
                "-Dweir.seconds=" + scenario.lasting.toSeconds(),
                "-Dweir.rate=" + scenario.rate,
                "-Dweir.concurrency=" + scenario.concurrency,
                "-Dweir.seed=" + undertaking.seed(),
                "-Dweir.mixed=" + scenario.mixed,
                "-cp",
                module.resolve("classes") + ":" + Files.readString(classPath).strip(),
                "io.gatling.app.Gatling",
                "-s",
                PACKAGE + scenario.simulation,
                "-nr",
                "-rf",
                directory.resolve("results").toString()));
        Path log = directory.resolve("gatling.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Duration limit = scenario.lasting.multipliedBy(2).plus(GRACE);
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(scenario.simulation + " took over " + limit);
            }
            return measured(log);
        } finally {
            process.destroyForcibly();
        }
    }

    // The scenario's last word.
    private static Measured measured(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        for (String line : lines.reversed()) {
            if (line.startsWith("{\"calls\"")) {
                return JsonMapper.shared().readValue(line, Measured.class);
            }
        }
        throw new IOException("Gatling reported nothing:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())));
    }
}
