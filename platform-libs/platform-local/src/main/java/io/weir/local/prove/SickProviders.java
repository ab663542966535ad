package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Quantile;
import io.weir.local.prove.load.SteadyCalls;
import io.weir.local.prove.load.SteadyCalls.Timed;
import io.weir.local.prove.load.Weather;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The provider that `auto` prefers fails, is ten times as slow, and does both in turns: calls that
/// leave the choice to the platform are answered all the same, and the provider serves again soon
/// after it is well.
final class SickProviders implements Proof {

    private static final int CUSTOMERS = 4;
    private static final double PER_SECOND = 5;
    private static final double SUCCESS = 0.999;
    private static final int WELL_MILLIS = 50;
    private static final int SLOW_TIMES = 10;
    private static final Duration FLAP = Duration.ofSeconds(2);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(10);
    private static final Duration LOOKED_FOR = Duration.ofSeconds(15);
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Terms WHOLE = new Terms(WARM_UP, LOOKED_FOR, SUCCESS, BACK_WITHIN);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String PREFERRED = "gpt-4o-mini";
    private static final String BODY = "{\"model\":\"auto\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\","
            + "\"content\":\"Classify the sentiment of: the delivery was late.\"}]}";

    private final Terms terms;

    SickProviders() {
        this(WHOLE);
    }

    SickProviders(Terms terms) {
        this.terms = terms;
    }

    /// What is asked of the platform.
    ///
    /// @param lookedFor how long the preferred provider is well between two of its sicknesses
    /// @param success more than this share of the calls is answered
    /// @param backWithin how soon the preferred provider serves again
    record Terms(Duration warmUp, Duration lookedFor, double success, Duration backWithin) {}

    /// Calls from one moment to another.
    ///
    /// @param back until the preferred provider served again; null: it did not, or was not looked for
    private record Phase(
            String name, List<Timed> calls, @Nullable Duration back) {

        private double success() {
            return calls.isEmpty()
                    ? 0
                    : calls.stream().filter(Timed::isAnswered).count() / (double) calls.size();
        }

        private double millis(double share) {
            return Quantile.millis(calls.stream().map(Timed::nanos).toList(), share);
        }
    }

    @Override
    public String name() {
        return "providers";
    }

    @Override
    public String description() {
        return "The preferred provider at 100% errors, ten times as slow, flapping: `auto` is answered all the same";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        try (Trial trial = Trial.begin(undertaking, Rig.Size.SMALL)) {
            return on(trial, undertaking);
        }
    }

    /// On any platform. Leaves its providers well.
    Outcome on(Trial trial, Undertaking undertaking) throws IOException, InterruptedException {
        Duration each = undertaking.lasting().compareTo(LONGEST) > 0 ? LONGEST : undertaking.lasting();
        try (Weather weather = new Weather(trial.rig().simulator(), undertaking.seed());
                SteadyCalls calls = new SteadyCalls(trial.rig().gateway())) {
            weather.behave(well());
            for (int i = 0; i < CUSTOMERS; i++) {
                calls.begin(i, trial.provision("caller-" + i, null, 1), PER_SECOND, BODY);
            }
            wait(trial, terms.warmUp, "warming up");
            List<Phase> phases = new ArrayList<>();
            long from = System.nanoTime();
            wait(trial, each, "all is well");
            long calm = System.nanoTime();
            weather.behave(sick(Map.of("errorRate", 1)));
            wait(trial, each, "every call fails");
            long failing = System.nanoTime();
            weather.behave(well());
            wait(trial, terms.lookedFor, "well again");
            long failed = System.nanoTime();
            weather.behave(sick(Map.of("latencyMs", WELL_MILLIS * SLOW_TIMES)));
            wait(trial, each, "ten times as slow");
            long slow = System.nanoTime();
            weather.behave(well());
            wait(trial, terms.lookedFor, "well again");
            long slowed = System.nanoTime();
            flap(trial, weather, each);
            long flapping = System.nanoTime();
            weather.behave(well());
            wait(trial, terms.lookedFor, "well again");
            long flapped = System.nanoTime();
            calls.stop();
            undertaking.endProgress();
            List<Timed> made = calls.made();
            phases.add(new Phase("well", between(made, from, calm), null));
            phases.add(new Phase("100% errors", between(made, calm, failing), back(made, failing, failed)));
            phases.add(new Phase("ten times as slow", between(made, failed, slow), back(made, slow, slowed)));
            phases.add(new Phase("flapping", between(made, slowed, flapping), back(made, flapping, flapped)));
            return judge(undertaking, phases);
        }
    }

    private static Map<String, Object> well() {
        return Map.of("provider", "*", "latencyMs", WELL_MILLIS);
    }

    private static Map<String, Object> sick(Map<String, Object> how) {
        Map<String, Object> behaviour = new LinkedHashMap<>(Map.of("provider", "openai", "latencyMs", WELL_MILLIS));
        behaviour.putAll(how);
        return behaviour;
    }

    private static void flap(Trial trial, Weather weather, Duration span) throws IOException, InterruptedException {
        long end = System.nanoTime() + span.toNanos();
        for (int turn = 0; System.nanoTime() - end < 0; turn++) {
            weather.behave(
                    turn % 2 == 1
                            ? well()
                            : sick(
                                    turn % 4 == 0
                                            ? Map.of("errorRate", 1)
                                            : Map.of("latencyMs", WELL_MILLIS * SLOW_TIMES)));
            wait(trial, FLAP, "flapping");
        }
    }

    private static void wait(Trial trial, Duration span, String what) {
        long end = System.nanoTime() + span.toNanos();
        while (System.nanoTime() - end < 0) {
            trial.heartbeat().say(what);
            Trial.pause(200);
        }
    }

    private static List<Timed> between(List<Timed> made, long from, long until) {
        return made.stream()
                .filter(call -> call.sent() - from >= 0 && call.sent() - until < 0)
                .toList();
    }

    private static @Nullable Duration back(List<Timed> made, long well, long until) {
        return made.stream()
                .filter(call -> call.sent() - well >= 0 && call.ended() - until < 0)
                .filter(call -> call.isAnswered() && call.served().startsWith(PREFERRED))
                .map(call -> Duration.ofNanos(call.ended() - well))
                .min(Duration::compareTo)
                .orElse(null);
    }

    private Outcome judge(Undertaking undertaking, List<Phase> phases) throws IOException {
        Phase well = phases.getFirst();
        boolean proven = true;
        List<String> lines = new ArrayList<>(List.of(
                "| The preferred provider | calls | answered | p50 added | p99 added | serves again after |",
                "|---|--:|--:|--:|--:|--:|"));
        Map<String, Object> summary = new LinkedHashMap<>();
        for (Phase phase : phases) {
            Duration back = phase.back();
            boolean isWell = phase.equals(well);
            proven &= phase.success() > terms.success
                    && (isWell || (back != null && back.compareTo(terms.backWithin) < 0));
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %d | %.2f%% | %.0f ms | %.0f ms | %s |",
                    phase.name(),
                    phase.calls().size(),
                    phase.success() * 100,
                    phase.millis(0.5) - well.millis(0.5),
                    phase.millis(0.99) - well.millis(0.99),
                    isWell ? "" : back == null ? "not" : String.format(Locale.ROOT, "%.1f s", seconds(back))));
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("calls", phase.calls().size());
            of.put("success", phase.success());
            of.put("millisP50", phase.millis(0.5));
            of.put("millisP99", phase.millis(0.99));
            of.put("backAfterSeconds", back == null ? -1 : seconds(back));
            summary.put(phase.name(), of);
        }
        summary.put("machine", Results.machine());
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "When all was well, calls took %.0f ms (p50), %.0f ms (p99); the provider takes %d ms.",
                well.millis(0.5),
                well.millis(0.99),
                WELL_MILLIS));
        lines.forEach(undertaking::say);
        if (terms.equals(WHOLE)) {
            Results.write(undertaking.layout(), "Sick providers", "./weir prove providers", lines);
        }
        return new Outcome(proven, summary);
    }

    private static double seconds(Duration span) {
        return span.toMillis() / (double) TimeUnit.SECONDS.toMillis(1);
    }
}
