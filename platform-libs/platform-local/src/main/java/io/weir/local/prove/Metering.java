package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.fleet.Storm;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Load;
import io.weir.local.prove.load.Weather;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Nothing that a provider served is lost, doubled or unpaid, and no cap is passed, whatever dies: the provider's own
/// record beside the ledger, ClickHouse, the sealed hours and the budgets, after a mixed load in a storm of kills.
final class Metering implements Proof {

    private static final int CALLS_PER_KILL = 1_900;
    private static final int LEAST_KILLS = 5;
    private static final int CALLERS = 64;
    // What a call of a tenant with a tight cap costs on average.
    private static final double TYPICAL_COST = 0.00022;

    private final Rig.Size size;

    Metering(Rig.Size size) {
        this.size = size;
    }

    @Override
    public String name() {
        return "metering";
    }

    @Override
    public String description() {
        return "100,000 mixed calls while processes and servers are killed: what the providers served is what is billed";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException, SQLException {
        int calls = undertaking.calls();
        int kills = undertaking.kills() >= 0 ? undertaking.kills() : Math.max(LEAST_KILLS, calls / CALLS_PER_KILL);
        int callers = undertaking.callers() > 0 ? undertaking.callers() : CALLERS;
        undertaking.say(calls + " calls, " + callers + " at once, " + kills + " kills, seed " + undertaking.seed());
        try (Trial trial = Trial.begin(undertaking, size)) {
            List<Customer> customers = customers(trial, calls);
            Run run = new Run(undertaking, trial, customers);
            try (Client client = new Client(trial.rig().gateway())) {
                run.load(calls, callers, kills, client);
            }
            return run.outcome();
        }
    }

    // Without a cap, with one that will not be reached, and with three that are used up about halfway.
    private static List<Customer> customers(Trial trial, int calls) throws IOException, InterruptedException {
        List<Customer> customers = new ArrayList<>();
        customers.add(trial.provision("open", null, 35));
        customers.add(trial.provision("wide", "500000", 30));
        String[] slugs = {"tight-a", "tight-b", "tight-c"};
        int[] shares = {15, 12, 8};
        for (int i = 0; i < slugs.length; i++) {
            double cap = Math.max(0.01, calls * shares[i] / 100.0 * TYPICAL_COST * (0.5 + 0.1 * i));
            customers.add(trial.provision(slugs[i], String.format(Locale.ROOT, "%.4f", cap), shares[i]));
        }
        return customers;
    }

    private static final class Run {

        private final Undertaking undertaking;
        private final Trial trial;
        private final List<Customer> customers;
        private Load load;
        private Storm storm;
        private Duration loaded = Duration.ZERO;

        @SuppressWarnings("NullAway.Init")
        Run(Undertaking undertaking, Trial trial, List<Customer> customers) {
            this.undertaking = undertaking;
            this.trial = trial;
            this.customers = customers;
        }

        void load(int calls, int callers, int kills, Client client) throws IOException, InterruptedException {
            load = new Load(undertaking.seed(), calls, customers, client);
            storm = new Storm(trial.rig(), undertaking.seed(), kills, Storm.EVERYTHING);
            long began = System.nanoTime();
            try (Weather weather = new Weather(trial.rig().simulator(), undertaking.seed())) {
                weather.at(0);
                load.start(callers);
                while (!load.isOver()) {
                    double done = load.made() / (double) calls;
                    weather.at(done);
                    storm.at(done);
                    Duration passed = Duration.ofNanos(System.nanoTime() - began);
                    trial.heartbeat()
                            .say(String.format(
                                    Locale.ROOT,
                                    "%,d of %,d calls, %.0f a second, %d kills",
                                    load.made(),
                                    calls,
                                    load.made() * 1_000.0 / Math.max(1, passed.toMillis()),
                                    storm.kills()));
                    Trial.pause(100);
                }
                loaded = Duration.ofNanos(System.nanoTime() - began);
                storm.end();
                weather.clear();
            } finally {
                load.stop();
            }
        }

        Outcome outcome() throws IOException, InterruptedException, SQLException {
            Verdict verdict = Verdict.of(trial, customers, load.seen());
            verdict.tell(undertaking, customers, load.seen(), loaded);
            undertaking.say(storm.kills() + " kills: " + storm.byPart() + "; after the load: " + storm.late());
            Map<String, Object> summary = verdict.summary(undertaking.seed(), load.made(), storm.kills());
            summary.put("killsAfterLoad", storm.late());
            summary.put("results", Load.results(load.seen()));
            summary.put("seconds", loaded.toSeconds());
            summary.put("killed", storm.byPart());
            return new Outcome(verdict.isProven(), summary);
        }
    }
}
