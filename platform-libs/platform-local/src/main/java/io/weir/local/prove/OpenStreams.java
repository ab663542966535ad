package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.lanes.Bench;
import io.weir.local.prove.lanes.Bench.Busy;
import io.weir.local.prove.lanes.Companion;
import io.weir.local.prove.load.Customer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Thousands of streams that say nothing and hundreds that do, on one process of each service: what a stream holds, and
/// what the silent ones cost the others.
final class OpenStreams implements Proof {

    private static final int IDLE = 10_000;
    private static final int BUSY = 512;
    // Beside two for each stream.
    private static final int OTHER_FILES = 900;
    private static final List<String> AT_SPEED = List.of("-XX:+UseParallelGC", "-Xmx1g");
    private static final List<String> SERVICES = List.of("gateway-service", "orchestration-service");

    @Override
    public String name() {
        return "streams";
    }

    @Override
    public String description() {
        return "10,000 idle and 512 busy streams on one instance: memory per stream, added time to the first frame and per frame";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        int wanted = undertaking.callers() > 0 ? undertaking.callers() : IDLE;
        int idle = (int) Math.min(wanted, (Silent.fileLimit() - OTHER_FILES) / 2 - BUSY);
        if (idle < wanted) {
            undertaking.say(
                    "A process may have " + Silent.fileLimit() + " files open here, and a stream takes two of the"
                            + " gateway and of orchestration: " + idle + " idle streams, not " + wanted);
        }
        try (Companion generator = Companion.generator(undertaking.directory());
                Companion upstream = Companion.upstream(undertaking.directory());
                Companion slow = Companion.upstream(
                        Files.createDirectories(undertaking.directory().resolve("slow")));
                Trial trial = Trial.begin(undertaking, setup(upstream, slow))) {
            Customer customer = trial.provision("streams", "1000000", 1);
            Bench bench = new Bench(generator, upstream, BUSY, undertaking.lasting());
            int port = URI.create(trial.rig().gateway()).getPort();
            trial.heartbeat().now("warming up");
            bench.warmUp(port, customer.key());
            Busy direct = bench.direct();
            Busy alone = bench.through(port, customer.key());
            Map<String, Footprint> before = footprints(trial.rig());
            Bench.silence(slow);
            try (Silent silent = Silent.open(port, customer.key(), idle, trial.heartbeat())) {
                Map<String, Footprint> with = footprints(trial.rig());
                trial.heartbeat().now(silent.open() + " idle streams open");
                Busy beside = bench.through(port, customer.key());
                return outcome(undertaking, new Found(idle, silent, direct, alone, beside, before, with));
            }
        }
    }

    private record Found(
            int wanted,
            Silent silent,
            Busy direct,
            Busy alone,
            Busy beside,
            Map<String, Footprint> before,
            Map<String, Footprint> with) {}

    private static Rig.Setup setup(Companion upstream, Companion slow) {
        return new Rig.Setup(
                new Rig.Size(1, 1),
                Map.of(
                        "orchestration",
                        Map.of(
                                "weir.providers.openai.base-url",
                                "http://127.0.0.1:" + upstream.port() + "/v1",
                                "weir.providers.anthropic.base-url",
                                "http://127.0.0.1:" + slow.port() + "/v1",
                                "weir.providers.anthropic.dialect",
                                "openai",
                                "weir.upstream.max-connections",
                                "20000")),
                AT_SPEED);
    }

    private static Map<String, Footprint> footprints(Rig rig) throws IOException, InterruptedException {
        Map<String, Footprint> all = new LinkedHashMap<>();
        for (Map.Entry<String, ProcessHandle> process : rig.running().entrySet()) {
            if (SERVICES.contains(process.getKey())) {
                all.put(process.getKey(), Footprint.of(process.getValue()));
            }
        }
        return all;
    }

    private static Outcome outcome(Undertaking undertaking, Found found) throws IOException {
        int open = found.silent.open();
        List<String> lines = new ArrayList<>(List.of(
                "| Service | live heap per idle stream, KB | resident per idle stream, KB | live heap with all, MB |",
                "|---|---|---|---|"));
        Map<String, Object> summary = new LinkedHashMap<>();
        found.with.forEach((service, with) -> {
            Footprint before = found.before.getOrDefault(service, with);
            double live = (with.live() - before.live()) / 1_024.0 / Math.max(1, open);
            double resident = (with.resident() - before.resident()) / 1_024.0 / Math.max(1, open);
            lines.add(String.format(
                    Locale.ROOT, "| %s | %.1f | %.1f | %d |", service, live, resident, with.live() >> 20));
            summary.put(service, Map.of("liveKbPerStream", live, "residentKbPerStream", resident));
        });
        lines.addAll(List.of(
                "",
                "| " + BUSY + " busy streams | streams ended | failed | first frame p50, p99 ms | frame p50, p99 ms |",
                "|---|---|---|---|---|"));
        lines.add(row("direct", found.direct));
        lines.add(row("through Weir, no others", found.alone));
        lines.add(row("through Weir, beside " + open + " idle ones", found.beside));
        lines.add("");
        lines.add(open + " of " + found.wanted + " idle streams were open, " + found.silent.ended()
                + " of them ended before their time.");
        undertaking.endProgress();
        lines.forEach(undertaking::say);
        Results.write(
                undertaking.layout(),
                "Streams",
                "./weir prove streams --seconds " + undertaking.lasting().toSeconds(),
                lines);
        summary.put("idle", open);
        summary.put("direct", found.direct);
        summary.put("alone", found.alone);
        summary.put("beside", found.beside);
        boolean proven = open == found.wanted
                && found.silent.ended() == 0
                && found.beside.failed() == 0
                && found.beside.ended() > 0;
        return new Outcome(proven, summary);
    }

    private static String row(String what, Busy busy) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %d | %.1f, %.1f | %.2f, %.2f |",
                what,
                busy.ended(),
                busy.failed(),
                busy.firstP50() / 1e6,
                busy.firstP99() / 1e6,
                busy.frameP50() / 1e6,
                busy.frameP99() / 1e6);
    }
}
