package io.weir.local.prove;

import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Usage reaches ClickHouse exactly once, whenever its consumer dies. The consumer and the comparison are in the
/// analytics service's program; here are the servers, and its output.
final class ExactlyOnce implements Proof {

    private static final String PROGRAM = "io.weir.analytics.proof.ExactlyOnceProgram";
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
            JsonNode result = AnalyticsProgram.run(undertaking, PROGRAM, arguments, password);
            tell(undertaking, result);
            return new Outcome(result.path("proven").asBoolean(), result);
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
