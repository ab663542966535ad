package io.weir.local.prove;

import io.weir.local.prove.Gatling.Measured;
import io.weir.local.prove.Gatling.Scenario;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Weather;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gatling's scenarios against a platform of its own: an even load of ten tenants, a thousand calls at once of
/// 150, and a day with bursts, long prompts and streams in some minutes. The thousand are made past the platform as
/// well: what it adds is what they take more.
final class LoadScenarios implements Proof {

    private static final String PAST = "the same, past the platform";
    private static final int TEN = 10;
    private static final int TENANTS = 150;
    private static final int AT_ONCE = 1_000;
    private static final int SECOND = 1_000;
    // A thousand calls of a second each would be a thousand a second.
    private static final int SLOW_MILLIS = 10_000;
    private static final int QUICK_MILLIS = 200;
    private static final double HOURLY_5000 = 5_000 / 3_600.0;
    private static final double DAY_RATE = 12;
    private static final double MOST_FAILED_PERCENT = 0.5;
    private static final long MOST_P95 = 2_500;
    private static final long MOST_ADDED = 100;
    private static final Duration WARM_UP = Duration.ofSeconds(12);
    private static final List<String> AT_SPEED = List.of("-XX:+UseParallelGC");

    @Override
    public String name() {
        return "load";
    }

    @Override
    public String description() {
        return "Gatling: 5,000 calls an hour of ten tenants, 1,000 at once of 150, a day in minutes: p95, failures";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        int atOnce = undertaking.callers() > 0 ? undertaking.callers() : AT_ONCE;
        try (Trial trial = Trial.begin(
                        undertaking, new Rig.Setup(new Rig.Size(1, 1), Map.of("orchestration", settings()), AT_SPEED));
                Weather weather = new Weather(trial.rig().simulator(), undertaking.seed())) {
            List<Customer> customers = new ArrayList<>();
            for (int i = 0; i < TENANTS; i++) {
                customers.add(trial.provision("load-" + i, null, 1));
            }
            Run run = new Run(undertaking, trial, weather, customers);
            Duration each = undertaking.lasting().dividedBy(3);
            run.warmUp();
            run.scenario(
                    "5,000 calls an hour, 10 tenants",
                    SECOND,
                    TEN,
                    new Scenario("TenTenants", each, HOURLY_5000, 1, false));
            Scenario many = new Scenario("ManyAtOnce", each, 1, atOnce, false);
            run.alone(SLOW_MILLIS, many);
            run.scenario(atOnce + " calls at once, 150 tenants", SLOW_MILLIS, TENANTS, many);
            run.scenario(
                    "a day, 150 tenants, " + (int) DAY_RATE + " calls a second",
                    QUICK_MILLIS,
                    TENANTS,
                    new Scenario("CompressedDay", each, DAY_RATE, 1, true));
            return run.outcome();
        }
    }

    private static Map<String, String> settings() {
        return Map.of("weir.upstream.max-connections", "4000");
    }

    /// @param base what the provider alone takes at p95
    /// @param bar null: there is none
    private record Row(
            String what,
            int latency,
            Measured measured,
            long base,
            @Nullable Boolean bar) {

        static Row of(String what, int latency, Measured measured, long base, String simulation) {
            boolean few = measured.failedPercent() < MOST_FAILED_PERCENT;
            boolean met = switch (simulation) {
                case "TenTenants" -> few && measured.p95() < MOST_P95;
                case "ManyAtOnce" -> few && measured.p95() - base < MOST_ADDED;
                default -> few;
            };
            return new Row(what, latency, measured, base, met);
        }
    }

    private static final class Run {

        private final Undertaking undertaking;
        private final Trial trial;
        private final Weather weather;
        private final List<Customer> customers;
        private final List<Row> rows = new ArrayList<>();
        private @Nullable Measured alone;

        Run(Undertaking undertaking, Trial trial, Weather weather, List<Customer> customers) {
            this.undertaking = undertaking;
            this.trial = trial;
            this.weather = weather;
            this.customers = customers;
        }

        void warmUp() throws IOException, InterruptedException {
            trial.heartbeat().now("warming up");
            Gatling.run(
                    undertaking, trial.rig().gateway(), customers, new Scenario("CompressedDay", WARM_UP, 40, 1, true));
        }

        /// What the provider, the network and Gatling take by themselves.
        void alone(int latencyMillis, Scenario scenario) throws IOException, InterruptedException {
            trial.heartbeat().now(PAST + ", " + scenario.lasting().toSeconds() + " s");
            weather.slow(latencyMillis);
            alone = Gatling.run(undertaking, trial.rig().simulator(), customers, scenario);
            weather.clear();
        }

        void scenario(String what, int latencyMillis, int tenants, Scenario scenario)
                throws IOException, InterruptedException {
            trial.heartbeat().now(what + ", " + scenario.lasting().toSeconds() + " s");
            weather.slow(latencyMillis);
            Measured measured =
                    Gatling.run(undertaking, trial.rig().gateway(), customers.subList(0, tenants), scenario);
            weather.clear();
            Measured before = alone;
            rows.add(Row.of(
                    what,
                    latencyMillis,
                    measured,
                    before == null ? latencyMillis : before.p95(),
                    scenario.simulation()));
            if (before != null) {
                rows.add(new Row(PAST, latencyMillis, before, before.p95(), null));
                alone = null;
            }
        }

        Outcome outcome() throws IOException {
            List<String> lines = new ArrayList<>(List.of(
                    "| Scenario | provider's latency ms | calls | failed | p50 ms | p95 ms | p99 ms | most ms | p95"
                            + " added ms | bar |",
                    "|---|---|---|---|---|---|---|---|---|---|"));
            Map<String, Object> summary = new LinkedHashMap<>();
            for (Row row : rows) {
                Measured measured = row.measured;
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %,d | %,d | %.2f%% | %,d | %,d | %,d | %,d | %,d | %s |",
                        row.what,
                        row.latency,
                        measured.calls(),
                        measured.failedPercent(),
                        measured.p50(),
                        measured.p95(),
                        measured.p99(),
                        measured.most(),
                        measured.p95() - row.base,
                        row.bar == null ? "-" : row.bar ? "met" : "missed"));
                summary.put(row.what, measured);
            }
            lines.addAll(List.of(
                    "",
                    "Times are of whole answers, with what the simulator takes to make them (it counts tokens) and"
                            + " Gatling to send and read, on the same machine. Added is what p95 is above the provider's"
                            + " latency, and of the calls at once above what they took past the platform. Bars: p95 under"
                            + " 2,500 ms; added under 100 ms; failures under 0.5% in each."));
            undertaking.endProgress();
            lines.forEach(undertaking::say);
            Results.write(
                    undertaking.layout(),
                    "Load",
                    "./weir prove load --seconds " + undertaking.lasting().toSeconds(),
                    lines);
            return new Outcome(rows.stream().allMatch(row -> row.bar == null || row.bar), summary);
        }
    }
}
