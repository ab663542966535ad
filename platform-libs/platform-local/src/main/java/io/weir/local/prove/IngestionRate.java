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

/// How fast usage gets from a ledger that is full into ClickHouse, with all that makes it exact.
final class IngestionRate implements Proof {

    private static final String PROGRAM = "io.weir.analytics.proof.IngestionRateProgram";
    private static final int GOAL = 20_000;
    private static final long MEBIBYTE = 1 << 20;

    @Override
    public String name() {
        return "ingestion";
    }

    @Override
    public String description() {
        return "A full ledger into ClickHouse, exactly once: events a second, lag, processor time, memory";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        Path directory = undertaking.directory();
        String password = UUID.randomUUID().toString();
        Path passwordFile = directory.resolve("password");
        PrivateFiles.write(passwordFile, password);
        try (LaunchedServer kafka = LaunchedServer.start(ServerKind.KAFKA, directory, 0, null);
                LaunchedServer clickHouse = LaunchedServer.start(ServerKind.CLICKHOUSE, directory, 0, passwordFile)) {
            List<String> arguments = List.of(
                    "127.0.0.1:" + kafka.port(),
                    "rate.",
                    "http://127.0.0.1:" + clickHouse.port(),
                    "rate",
                    "default",
                    directory.resolve("core").toString(),
                    Long.toString(undertaking.seed()),
                    Long.toString(undertaking.lasting().toSeconds()),
                    Integer.toString(GOAL));
            JsonNode result = AnalyticsProgram.run(undertaking, PROGRAM, arguments, password);
            boolean exact = result.path("exact").asBoolean();
            tell(undertaking, result, exact);
            return new Outcome(exact, result);
        }
    }

    private static void tell(Undertaking undertaking, JsonNode result, boolean exact) {
        undertaking.say("");
        undertaking.say(String.format(
                Locale.ROOT,
                "%d of %d events in %.1f s, %.0f a second (goal %d); the first after %.1f s",
                result.path("stored").asLong(),
                result.path("events").asLong(),
                result.path("seconds").asDouble(),
                result.path("eventsPerSecond").asDouble(),
                GOAL,
                result.path("secondsToFirst").asDouble()));
        undertaking.say(String.format(
                Locale.ROOT,
                "consumer: %.1f s of processor time, at most %d MiB resident; machine %.0f %% busy",
                result.path("coreCpuSeconds").asDouble(),
                result.path("coreMostResidentBytes").asLong() / MEBIBYTE,
                result.path("busy").asDouble() * 100));
        undertaking.say(exact ? "each call is there once" : "calls are doubled or missing");
    }
}
