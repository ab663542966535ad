package io.weir.local.prove;

import io.weir.local.platform.Fleet;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Load;
import io.weir.local.prove.load.Weather;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Hours of churn in short: tenants come, call in every way, leave streams and go silent, providers fail now and then;
/// what the services hold after a collection does not grow.
final class Soak implements Proof {

    private static final int CALLERS = 16;
    private static final int SAMPLES = 12;
    // What is learnt, pooled or cached first belongs there.
    private static final int WARM_UP_SAMPLES = 4;
    private static final double MOST_RISE = 0.10;
    private static final long NO_RISE_BYTES = 8L << 20;
    private static final int MOST_CUSTOMERS = 40;
    private static final List<String> SERVICES = List.of("gateway", "orchestration", "analytics", "tenant", "billing");

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String description() {
        return "calls of every kind, new tenants, failing providers, for --minutes: live heap and open files stay flat";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        int callers = undertaking.callers() > 0 ? undertaking.callers() : CALLERS;
        undertaking.say(undertaking.lasting().toSeconds() + " s, " + callers + " callers, seed " + undertaking.seed());
        try (Trial trial = Trial.begin(undertaking, new Rig.Setup(new Rig.Size(1, 1), Map.of(), Fleet.QUICK_START));
                Client client = new Client(trial.rig().gateway());
                Weather weather = new Weather(trial.rig().simulator(), undertaking.seed())) {
            Run run = new Run(undertaking, trial, client, weather, callers);
            run.churn();
            return run.outcome();
        }
    }

    private static final class Run {

        private final Undertaking undertaking;
        private final Trial trial;
        private final Client client;
        private final Weather weather;
        private final int callers;
        private final Map<String, List<Footprint>> samples = new LinkedHashMap<>();
        private final Map<String, Long> pids = new LinkedHashMap<>();
        private final Map<Object, Integer> results = new LinkedHashMap<>();
        private int tenants;
        private int calls;

        Run(Undertaking undertaking, Trial trial, Client client, Weather weather, int callers) {
            this.undertaking = undertaking;
            this.trial = trial;
            this.client = client;
            this.weather = weather;
            this.callers = callers;
        }

        // Each stretch has tenants of its own; those of the one before fall silent.
        void churn() throws IOException, InterruptedException {
            Duration stretch = undertaking.lasting().dividedBy(SAMPLES);
            int each = Math.min(MOST_CUSTOMERS, Math.max(2, (int) stretch.toSeconds() / 10));
            for (int i = 0; i < SAMPLES; i++) {
                List<Customer> customers = new ArrayList<>();
                for (int j = 0; j < each; j++) {
                    customers.add(trial.provision("soak-" + tenants++, j % 2 == 0 ? null : "500000", 1));
                }
                weather.at(i / (double) SAMPLES);
                load(customers, stretch, i);
                weather.clear();
                sample();
            }
        }

        private void load(List<Customer> customers, Duration stretch, int number) throws InterruptedException {
            Load load = new Load(undertaking.seed() + number, Integer.MAX_VALUE, customers, client);
            load.start(callers);
            long until = System.nanoTime() + stretch.toNanos();
            while (System.nanoTime() - until < 0) {
                trial.heartbeat()
                        .say("stretch " + (number + 1) + " of " + SAMPLES + ", " + (calls + load.made()) + " calls");
                Trial.pause(200);
            }
            load.stop();
            calls += load.made();
            Load.results(load.seen()).forEach((result, count) -> results.merge(result, count, Integer::sum));
        }

        private void sample() throws IOException, InterruptedException {
            for (Map.Entry<String, ProcessHandle> process :
                    trial.rig().running().entrySet()) {
                if (SERVICES.stream().anyMatch(service -> process.getKey().equals(service + "-service"))) {
                    Footprint now = Footprint.of(process.getValue());
                    samples.computeIfAbsent(process.getKey(), absent -> new ArrayList<>())
                            .add(now);
                    Long before = pids.putIfAbsent(
                            process.getKey(), process.getValue().pid());
                    if (before != null && before != process.getValue().pid()) {
                        throw new IOException(process.getKey() + " was started anew in the midst of it");
                    }
                }
            }
        }

        Outcome outcome() throws IOException {
            boolean flat = true;
            List<String> lines = new ArrayList<>(List.of(
                    "| Service | live heap after each stretch, MB | rise, MB an hour | rise of the mean | open files, first and last |",
                    "|---|---|---|---|---|"));
            Map<String, Object> summary = new LinkedHashMap<>();
            for (Map.Entry<String, List<Footprint>> service : samples.entrySet()) {
                List<Footprint> all = service.getValue();
                Trend trend = Trend.of(all.subList(Math.min(WARM_UP_SAMPLES, all.size() - 2), all.size()).stream()
                        .map(Footprint::live)
                        .toList());
                flat &= trend.rise() < Math.max(NO_RISE_BYTES, trend.mean() * MOST_RISE);
                double hours = undertaking.lasting().toMillis() / 3_600_000.0 * trend.count() / SAMPLES;
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %s | %.1f | %.1f%% | %d, %d |",
                        service.getKey(),
                        String.join(
                                " ",
                                all.stream()
                                        .map(one -> String.format(Locale.ROOT, "%.1f", megabytes(one.live())))
                                        .toList()),
                        megabytes((long) trend.rise()) / hours,
                        100 * trend.rise() / trend.mean(),
                        all.getFirst().files(),
                        all.getLast().files()));
                summary.put(
                        service.getKey(),
                        Map.of(
                                "liveBytes",
                                all.stream().map(Footprint::live).toList(),
                                "residentBytes",
                                all.stream().map(Footprint::resident).toList(),
                                "riseBytes",
                                Math.round(trend.rise())));
            }
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "%,d calls of %,d tenants, %d callers, %d s: %s. The rise is that of the line through the samples behind"
                            + " the first %d; under %d MB or %.0f%% of the mean counts as none.",
                    calls,
                    tenants,
                    callers,
                    undertaking.lasting().toSeconds(),
                    results,
                    WARM_UP_SAMPLES,
                    NO_RISE_BYTES >> 20,
                    MOST_RISE * 100));
            undertaking.endProgress();
            lines.forEach(undertaking::say);
            Results.write(
                    undertaking.layout(),
                    "Soak",
                    "./weir prove soak --seconds " + undertaking.lasting().toSeconds(),
                    lines);
            summary.put("calls", calls);
            summary.put("tenants", tenants);
            summary.put("results", results);
            return new Outcome(flat && calls > 0, summary);
        }

        private static double megabytes(long bytes) {
            return bytes / 1_048_576.0;
        }
    }
}
