package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Customer;
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

/// One tenant sends fifty times as much as each of nine others through a provider that takes 600
/// requests a minute: the nine get all that they ask for, which is less than a tenth of it each, and
/// the one the rest.
final class Fairness implements Proof {

    private static final int PER_MINUTE = 600;
    private static final int QUIET = 9;
    private static final double QUIET_PER_SECOND = 0.9;
    private static final double TIMES = 50;
    private static final double WITHIN = 0.05;
    private static final int PROVIDER_MILLIS = 50;
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final String BODY =
            "{\"model\":\"gpt-4o-mini\",\"max_tokens\":16,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}";

    private final Duration warmUp;

    Fairness() {
        this(WARM_UP);
    }

    Fairness(Duration warmUp) {
        this.warmUp = warmUp;
    }

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public String description() {
        return "One tenant with 50 times the load of nine others, 600 requests a minute: the nine get their share";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException {
        Duration measured = undertaking.lasting().compareTo(LONGEST) > 0 ? LONGEST : undertaking.lasting();
        Rig.Setup trial = Rig.Setup.ofTrials(Rig.Size.SMALL);
        Map<String, Map<String, String>> settings = new LinkedHashMap<>(trial.settings());
        Map<String, String> orchestration = new LinkedHashMap<>(settings.getOrDefault("orchestration", Map.of()));
        orchestration.put("weir.providers.openai.requests-per-minute", Integer.toString(PER_MINUTE));
        settings.put("orchestration", orchestration);
        try (Trial rig = Trial.begin(undertaking, new Rig.Setup(trial.size(), settings, trial.jvmOptions()));
                Weather weather = new Weather(rig.rig().simulator(), undertaking.seed());
                SteadyCalls calls = new SteadyCalls(rig.rig().gateway())) {
            weather.behave(Map.of("provider", "openai", "requestsPerMinute", PER_MINUTE, "latencyMs", PROVIDER_MILLIS));
            List<Customer> customers = new ArrayList<>();
            for (int i = 0; i <= QUIET; i++) {
                customers.add(rig.provision(i == 0 ? "noisy" : "quiet-" + i, null, 1));
            }
            for (int i = 0; i <= QUIET; i++) {
                calls.begin(i, customers.get(i), i == 0 ? TIMES * QUIET_PER_SECOND : QUIET_PER_SECOND, BODY);
            }
            wait(rig, warmUp, "warming up");
            long from = System.nanoTime();
            wait(rig, measured, "measuring");
            long until = System.nanoTime();
            calls.stop();
            undertaking.endProgress();
            return judge(undertaking, calls.made(), from, until);
        }
    }

    private static void wait(Trial trial, Duration span, String what) {
        long end = System.nanoTime() + span.toNanos();
        while (System.nanoTime() - end < 0) {
            trial.heartbeat().say(what);
            Trial.pause(200);
        }
    }

    private static Outcome judge(Undertaking undertaking, List<Timed> made, long from, long until) throws IOException {
        double minutes = (until - from) / (double) TimeUnit.MINUTES.toNanos(1);
        double leastShare = 1;
        int quietAnswered = 0;
        List<Long> waits = new ArrayList<>();
        for (int i = 1; i <= QUIET; i++) {
            int index = i;
            List<Timed> own = made.stream()
                    .filter(call -> call.customer() == index && call.sent() - from >= 0 && call.sent() - until < 0)
                    .toList();
            long answered = own.stream().filter(Timed::isAnswered).count();
            leastShare = Math.min(leastShare, own.isEmpty() ? 0 : answered / (double) own.size());
            quietAnswered += (int) answered;
            own.stream()
                    .filter(Timed::isAnswered)
                    .forEach(call ->
                            waits.add(Math.max(0, call.nanos() - TimeUnit.MILLISECONDS.toNanos(PROVIDER_MILLIS))));
        }
        List<Timed> noisy = made.stream().filter(call -> call.customer() == 0).toList();
        long noisyAnswered = noisy.stream()
                .filter(call -> call.isAnswered() && call.ended() - from >= 0 && call.ended() - until < 0)
                .count();
        List<Timed> refused = noisy.stream()
                .filter(call -> !call.isAnswered() && call.sent() - from >= 0 && call.sent() - until < 0)
                .toList();
        long toldWhen = refused.stream()
                .filter(call -> call.status() == 429 && call.retryAfter())
                .count();
        double allowed = PER_MINUTE * minutes;
        double rest = noisyAnswered / Math.max(1, allowed - quietAnswered);
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("minutes", round(minutes));
        summary.put("quietAnswered", quietAnswered);
        summary.put("leastShareOfQuiet", round(leastShare));
        summary.put("quietQueueingMillisP50", round(Quantile.millis(waits, 0.5)));
        summary.put("quietQueueingMillisP99", round(Quantile.millis(waits, 0.99)));
        summary.put("noisyAnswered", noisyAnswered);
        summary.put("noisyShareOfRest", round(rest));
        summary.put("noisyRefused", refused.size());
        summary.put("refusedWithRetryAfter", toldWhen);
        summary.put("limitUsed", round((quietAnswered + noisyAnswered) / allowed));
        summary.put("machine", Results.machine());
        List<String> lines = List.of(
                String.format(
                        Locale.ROOT,
                        "The nine got %.1f%% or more of what each asked for (%d answers in %.1f min); beyond the provider's"
                                + " time they took %.0f ms (p50), %.0f ms (p99).",
                        leastShare * 100,
                        quietAnswered,
                        minutes,
                        Quantile.millis(waits, 0.5),
                        Quantile.millis(waits, 0.99)),
                String.format(
                        Locale.ROOT,
                        "The noisy one got %d answers, %.1f%% of the rest; %d of its calls were refused, %d of them with"
                                + " 429 and retry-after. %.1f%% of the limit was used.",
                        noisyAnswered,
                        rest * 100,
                        refused.size(),
                        toldWhen,
                        (quietAnswered + noisyAnswered) / allowed * 100));
        lines.forEach(undertaking::say);
        Results.write(undertaking.layout(), "Fair sharing of a provider's limit", "./weir prove fairness", lines);
        boolean proven = leastShare >= 1 - WITHIN
                && rest >= 1 - 2 * WITHIN
                && toldWhen >= refused.size() * (1 - WITHIN)
                && !refused.isEmpty();
        return new Outcome(proven, summary);
    }

    private static double round(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
