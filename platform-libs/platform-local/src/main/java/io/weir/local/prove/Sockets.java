package io.weir.local.prove;

import io.weir.embedded.LaunchedServer;
import io.weir.embedded.ServerKind;
import io.weir.local.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// The live cost stream with thousands of sockets on one instance: delays, memory, stalled readers, a restart. The
/// crowd
/// and the comparison are in the analytics service's program; here are the servers, and its output.
final class Sockets implements Proof {

    private static final String PROGRAM = "io.weir.analytics.proof.sockets.SocketsProgram";
    private static final int SOCKETS = 2_000;
    private static final int SECONDS = 30;

    @Override
    public String name() {
        return "sockets";
    }

    @Override
    public String description() {
        return "2,000 sockets on one instance, 50 more that read nothing, kill -9: delay, memory, nothing lost or doubled";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        Path directory = undertaking.directory();
        String password = UUID.randomUUID().toString();
        Path passwordFile = directory.resolve("password");
        PrivateFiles.write(passwordFile, password);
        int sockets = undertaking.callers() > 0 ? undertaking.callers() : SOCKETS;
        try (LaunchedServer kafka = LaunchedServer.start(ServerKind.KAFKA, directory, 0, null);
                LaunchedServer clickHouse = LaunchedServer.start(ServerKind.CLICKHOUSE, directory, 0, passwordFile)) {
            List<String> arguments = List.of(
                    "127.0.0.1:" + kafka.port(),
                    "http://127.0.0.1:" + clickHouse.port(),
                    "default",
                    "sockets",
                    directory.resolve("sockets").toString(),
                    Integer.toString(sockets),
                    Integer.toString(SECONDS));
            JsonNode result = AnalyticsProgram.run(undertaking, PROGRAM, arguments, password);
            List<String> lines = lines(result);
            lines.forEach(undertaking::say);
            Results.write(
                    undertaking.layout(),
                    "Sockets of the cost stream",
                    "./weir prove sockets --sockets " + sockets,
                    lines);
            return new Outcome(result.path("proven").asBoolean(), result);
        }
    }

    private static List<String> lines(JsonNode result) {
        JsonNode memory = result.path("memory");
        JsonNode storm = result.path("storm");
        List<String> lines = new ArrayList<>(List.of(
                "| From a settlement's sending to its frame | frames | p50 ms | p99 ms | most ms |",
                "|---|---|---|---|---|"));
        lines.add(row("all read", result.path("calm")));
        lines.add(row("beside " + result.path("stalled").asInt() + " that read nothing", result.path("besideStalled")));
        lines.add(row("after the restart", result.path("afterRestart")));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%,d sockets of %,d tenants, %,d settlements. Per socket %.1f KB of live heap and %.1f KB resident (all open"
                        + " less none open, after a full collection); under load the whole heap was %d MB, the process %d MB.",
                result.path("sockets").asInt(),
                result.path("tenants").asInt(),
                result.path("settlements").asLong(),
                memory.path("liveHeapBytes").asLong() / 1_024.0,
                memory.path("residentBytes").asLong() / 1_024.0,
                memory.path("liveHeapUnderLoad").asLong() >> 20,
                memory.path("residentUnderLoad").asLong() >> 20));
        lines.add(String.format(
                Locale.ROOT,
                "%d of those that read nothing were ended, the last %.1f s after the first had come. After kill -9 all were"
                        + " back %.1f s after the instance was ready, %d attempts refused; an opening took %.0f ms (p50), %.0f ms (p99).",
                result.path("stalledEnded").asLong(),
                result.path("stalledEndedMillis").asLong() / 1_000.0,
                storm.path("allBackMillis").asLong() / 1_000.0,
                storm.path("refused").asLong(),
                storm.path("opening").path("p50").asDouble(),
                storm.path("opening").path("p99").asDouble()));
        lines.add(String.format(
                Locale.ROOT,
                "Gaps, repetitions and checkpoints that readers do not have: %d. Readers without everything: %d; whose sums are not"
                        + " those of the settlements and of ClickHouse: %d. %,d checkpoints, %,d summed frames.",
                result.path("faults").asInt(),
                result.path("notAtTheEnd").asInt(),
                result.path("wrongTotals").asInt(),
                result.path("checkpoints").asLong(),
                result.path("coalesced").asLong()));
        return lines;
    }

    private static String row(String when, JsonNode delays) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %.0f | %.0f | %.0f |",
                when,
                delays.path("count").asLong(),
                delays.path("p50").asDouble(),
                delays.path("p99").asDouble(),
                delays.path("most").asDouble());
    }
}
