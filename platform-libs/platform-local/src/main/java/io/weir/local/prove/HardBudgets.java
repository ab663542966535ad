package io.weir.local.prove;

import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.fleet.Storm;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Load;
import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Weather;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// No cap is passed and no call refused that fits, by however many callers at once, over three processes of which some
/// are killed, with Redis gone. Round after round a fresh tenant uses its cap up.
final class HardBudgets implements Proof {

    private static final int ROUNDS = 4;
    private static final int ADMITTED_OF_FIVE = 3;
    private static final int CALLERS = 64;
    private static final int CALLS_PER_KILL = 800;
    private static final int LEAST_KILLS = 4;
    private static final double TYPICAL_COST = 0.00022;
    private static final List<String> CYCLE = List.of("orchestration", "redis", "orchestration");

    private final Rig.Size size;

    HardBudgets(Rig.Size size) {
        this.size = size;
    }

    @Override
    public String name() {
        return "budgets";
    }

    @Override
    public String description() {
        return "64 to 512 callers on one cap over three processes, kills, Redis wiped: never passed, no false refusal";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException, SQLException {
        int calls = undertaking.calls();
        int kills = undertaking.kills() >= 0 ? undertaking.kills() : Math.max(LEAST_KILLS, calls / CALLS_PER_KILL);
        int callers = undertaking.callers() > 0 ? undertaking.callers() : CALLERS;
        undertaking.say(calls + " calls, " + callers + " at once, on one cap after the other; " + kills
                + " kills, seed " + undertaking.seed());
        try (Trial trial = Trial.begin(undertaking, size);
                Client client = new Client(trial.rig().gateway());
                Weather weather = new Weather(trial.rig().simulator(), undertaking.seed())) {
            Customer poor = trial.provision("poor", "0.00001", 0);
            List<Customer> customers = new ArrayList<>();
            Collection<Seen> seen = new ArrayList<>();
            int admitted = new FiveAtOnce(trial, client, weather, poor).admitted(customers, seen);
            undertaking.say("five parallel calls of $0.15 at most on a cap of $0.45: " + admitted + " admitted");
            Storm storm = new Storm(trial.rig(), undertaking.seed(), kills, CYCLE);
            Rounds rounds = new Rounds(undertaking, trial, client, storm, calls, callers);
            long began = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++) {
                String cap = String.format(Locale.ROOT, "%.4f", Math.max(0.01, calls * TYPICAL_COST * 0.6 / ROUNDS));
                customers.add(trial.provision("round-" + (round + 1), cap, 1));
                seen.addAll(rounds.next(customers));
            }
            Duration loaded = Duration.ofNanos(System.nanoTime() - began);
            storm.end();
            Verdict verdict = Verdict.of(trial, customers, seen);
            verdict.tell(undertaking, customers, seen, loaded);
            undertaking.say(storm.kills() + " kills: " + storm.byPart() + "; after the load: " + storm.late());
            int right = new LastCalls(client, poor).right(customers, verdict.ledger(), undertaking::say);
            undertaking.say("what is left of a cap can be spent to the last token and no further: " + right + " of "
                    + customers.size() + " caps");
            Map<String, Object> summary = verdict.summary(undertaking.seed(), seen.size(), storm.kills());
            summary.put("killsAfterLoad", storm.late());
            summary.put("callers", callers);
            summary.put("fiveAtOnceAdmitted", admitted);
            summary.put("capsSpentToTheLast", right);
            boolean proven = verdict.isProven() && admitted == ADMITTED_OF_FIVE && right == customers.size();
            return new Outcome(proven, summary);
        }
    }

    /// One load after the other, in one storm.
    private static final class Rounds {

        private final Undertaking undertaking;
        private final Trial trial;
        private final Client client;
        private final Storm storm;
        private final int calls;
        private final int callers;
        private int round;

        Rounds(Undertaking undertaking, Trial trial, Client client, Storm storm, int calls, int callers) {
            this.undertaking = undertaking;
            this.trial = trial;
            this.client = client;
            this.storm = storm;
            this.calls = calls;
            this.callers = callers;
        }

        /// All calls are those of the last customer.
        Collection<Seen> next(List<Customer> customers) throws IOException, InterruptedException {
            List<Customer> shares = new ArrayList<>();
            for (Customer customer : customers) {
                int share = customer.equals(customers.getLast()) ? 1 : 0;
                shares.add(new Customer(customer.slug(), customer.tenantId(), customer.key(), customer.cap(), share));
            }
            int mine = calls / ROUNDS;
            Load load = new Load(undertaking.seed() * ROUNDS + round, mine, shares, client);
            load.start(callers);
            try {
                while (!load.isOver()) {
                    storm.at((round + load.made() / (double) mine) / ROUNDS);
                    trial.heartbeat()
                            .say(String.format(
                                    Locale.ROOT,
                                    "round %d of %d: %,d of %,d calls, %d kills",
                                    round + 1,
                                    ROUNDS,
                                    load.made(),
                                    mine,
                                    storm.kills()));
                    Trial.pause(100);
                }
            } finally {
                load.stop();
            }
            round++;
            return load.seen();
        }
    }
}
