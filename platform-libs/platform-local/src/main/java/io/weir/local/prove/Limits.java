package io.weir.local.prove;

import io.weir.local.prove.PacedLoad.Answers;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Customer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A tenant's requests per second over three gateways: no more than the cap, all of it, no refusal below it, and the
/// same without Redis.
final class Limits implements Proof {

    static final int GATEWAYS = 3;
    private static final int CLIENTS = 64;
    private static final int CAP = 100;
    private static final double BEYOND = 1.5 * CAP;
    private static final double BELOW = 0.95 * CAP;
    // Half a second's requests may come at once on a plan without a factor.
    private static final int BURST = CAP / 2;
    private static final double TOLERANCE = 0.01;
    private static final double LEAST_WITHOUT_REDIS = 0.9;
    private static final Duration WHOLE = Duration.ofSeconds(60);
    private static final Duration WARM = Duration.ofSeconds(5);

    private final Duration lasting;
    private final double allOfIt;

    Limits() {
        this(WHOLE, 1 - TOLERANCE);
    }

    /// @param lasting each of three loads
    /// @param allOfIt the least part of the cap that must be admitted
    Limits(Duration lasting, double allOfIt) {
        this.lasting = lasting;
        this.allOfIt = allOfIt;
    }

    @Override
    public String name() {
        return "limits";
    }

    @Override
    public String description() {
        return "100 requests a second for one tenant over three gateways: to 1%, no false refusal, Redis killed";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException, SQLException {
        try (Trial trial = Trial.begin(undertaking, new Rig.Size(1, 1, GATEWAYS))) {
            return on(trial, undertaking);
        }
    }

    /// On a platform with three gateways. Takes its Redis away and brings it back.
    Outcome on(Trial trial, Undertaking undertaking) throws IOException, InterruptedException {
        int clients = undertaking.callers() > 0 ? undertaking.callers() : CLIENTS;
        undertaking.say(GATEWAYS + " gateways, " + clients + " clients, " + CAP + " requests per second, three times "
                + lasting.toSeconds() + " s");
        try (PacedLoad load = new PacedLoad(trial.rig().addresses("gateway"), clients)) {
            load.run(
                    customer(trial, "warm").key(),
                    BELOW,
                    WARM,
                    done -> trial.heartbeat().say("warming up"));
            List<String> faults = new ArrayList<>();
            Answers beyond = load(trial, load, "beyond", BEYOND);
            check(faults, "beyond the cap", beyond, allOfIt, BURST);
            Answers below = load(trial, load, "below", BELOW);
            if (below.refused() > 0) {
                faults.add(below.refused() + " refused below the cap");
            }
            check(faults, "below the cap", below, 0, BURST);
            Answers away = withoutRedis(trial, load);
            // What is admitted alone is told afterwards; a Redis that lost what it knew grants one burst more.
            check(faults, "without Redis", away, Math.min(allOfIt, LEAST_WITHOUT_REDIS), 2 * BURST + GATEWAYS);
            List<String> lines = List.of(
                    "| Load | offered per s | admitted | of cap | refused | other answers |",
                    "|---|--:|--:|--:|--:|--:|",
                    row("1.5 times the cap", beyond),
                    row("0.95 times the cap", below),
                    row("1.5 times the cap, Redis away for the second third", away));
            lines.forEach(undertaking::say);
            faults.forEach(undertaking::say);
            if (lasting.equals(WHOLE)) {
                Results.write(
                        undertaking.layout(), "Limits of requests over three gateways", "./weir prove limits", lines);
            }
            return new Outcome(faults.isEmpty(), summary(beyond, below, away, faults));
        }
    }

    private static Customer customer(Trial trial, String slug) throws IOException, InterruptedException {
        Customer customer = trial.provision(slug, null, 1, "starter");
        trial.configure(customer, Map.of("limits", Map.of("requestsPerSecond", CAP)));
        return customer;
    }

    private Answers load(Trial trial, PacedLoad load, String slug, double perSecond)
            throws IOException, InterruptedException {
        String key = limited(trial, slug).key();
        return load.run(key, perSecond, lasting, done -> say(trial, slug, done));
    }

    // Every gateway knows the limit.
    private static Customer limited(Trial trial, String slug) throws IOException, InterruptedException {
        Customer customer = customer(trial, slug);
        trial.awaitLimit(customer, BURST);
        return customer;
    }

    private Answers withoutRedis(Trial trial, PacedLoad load) throws IOException, InterruptedException {
        String key = limited(trial, "away").key();
        boolean[] was = new boolean[2];
        return load.run(key, BEYOND, lasting, done -> {
            if (done > 1 / 3.0 && !was[0]) {
                was[0] = true;
                trial.rig().cut("redis");
            }
            if (done > 2 / 3.0 && !was[1]) {
                was[1] = true;
                trial.rig().bringBack("redis");
            }
            say(trial, "away", done);
        });
    }

    private static void say(Trial trial, String what, double done) {
        trial.heartbeat().say(String.format(Locale.ROOT, "%s: %.0f%%", what, done * 100));
    }

    private static void check(List<String> faults, String when, Answers outcome, double least, int most) {
        double cap = CAP * outcome.seconds();
        double beyond = Math.max(cap * TOLERANCE, most + 1);
        if (outcome.admitted() > cap + beyond) {
            faults.add(when + ": " + outcome.admitted() + " admitted of " + (long) cap);
        }
        if (outcome.admitted() < cap * least) {
            faults.add(when + ": only " + outcome.admitted() + " admitted of " + (long) cap + ", of " + outcome.sent());
        }
        if (outcome.faults() > 0) {
            faults.add(when + ": " + outcome.faults() + " other answers, the last: " + outcome.fault());
        }
        if (outcome.unsaid() > 0) {
            faults.add(when + ": " + outcome.unsaid() + " refusals did not say when to come back");
        }
    }

    private static String row(String load, Answers outcome) {
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %,d | %.2f%% | %,d | %d |",
                load,
                outcome.offered(),
                outcome.admitted(),
                100.0 * outcome.admitted() / (CAP * outcome.seconds()),
                outcome.refused(),
                outcome.faults());
    }

    private static Map<String, Object> summary(Answers beyond, Answers below, Answers away, List<String> faults)
            throws IOException {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("cap", CAP);
        summary.put("gateways", GATEWAYS);
        summary.put("seconds", beyond.seconds());
        summary.put("admitted", beyond.admitted());
        summary.put("offeredBelow", below.offered());
        summary.put("falseRefusals", below.refused());
        summary.put("admittedWithoutRedis", away.admitted());
        summary.put("otherAnswers", beyond.faults() + below.faults() + away.faults());
        summary.put("faults", faults);
        summary.put("machine", Results.machine());
        return summary;
    }
}
