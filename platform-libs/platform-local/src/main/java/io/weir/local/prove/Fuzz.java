package io.weir.local.prove;

import io.weir.local.platform.Fleet;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.fuzz.Fuzzing;
import io.weir.local.prove.fuzz.Fuzzing.Found;
import io.weir.local.prove.fuzz.Mangler;
import io.weir.local.prove.fuzz.Trickle;
import io.weir.local.prove.load.Customer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Random and mutated heads and bodies, broken connections, and providers that answer as none should: no failure of our
/// own, no hang, nothing of another tenant, no process that ends, and every call in the books.
final class Fuzz implements Proof {

    private static final int CALLERS = 8;
    private static final int SLOW = 40;
    // What is slow is looked at for as long as the gateway may take to end it.
    private static final Duration SLOW_FROM = Duration.ofSeconds(100);
    private static final List<String> WATCHED = List.of("gateway", "orchestration");

    @Override
    public String name() {
        return "fuzz";
    }

    @Override
    public String description() {
        return "random requests and broken providers: no 500, no hang, no byte of another tenant, every call settled";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException, SQLException {
        try (Mangler mangler = Mangler.start(undertaking.seed());
                Trial trial = Trial.begin(
                        undertaking, new Rig.Setup(new Rig.Size(1, 1), settings(mangler), Fleet.QUICK_START))) {
            mangler.passTo(trial.rig().simulator());
            return on(trial, mangler, undertaking);
        }
    }

    /// On a platform that has [#settings] and on which no calls were made yet. Shoots at one of its gateways. The
    /// mangler spoils nothing any more afterwards.
    Outcome on(Trial trial, Mangler mangler, Undertaking undertaking)
            throws IOException, InterruptedException, SQLException {
        int callers = undertaking.callers() > 0 ? undertaking.callers() : CALLERS;
        undertaking.say(undertaking.lasting().toSeconds() + " s, " + callers + " callers, seed " + undertaking.seed());
        List<Customer> customers = List.of(
                trial.provision("fuzz-a", null, 1),
                trial.provision("fuzz-b", "500000", 1),
                trial.provision("fuzz-c", "500000", 1));
        String gateway = trial.rig().addresses("gateway").getFirst();
        Map<String, Long> before = processes(trial.rig());
        Fuzzing fuzzing = new Fuzzing(
                gateway,
                undertaking.seed(),
                customers,
                undertaking.layout().state().resolve("fuzz"));
        int stillSlow = shoot(undertaking, trial, gateway, fuzzing, customers, callers);
        undertaking.endProgress();
        mangler.spoilNothing();
        boolean alive = before.equals(processes(trial.rig()));
        LedgerContents ledger = trial.quiet(List.of());
        return outcome(undertaking, fuzzing, mangler, ledger, alive, stillSlow);
    }

    /// By service: its providers are behind the mangler.
    static Map<String, Map<String, String>> settings(Mangler mangler) {
        Map<String, String> orchestration = new HashMap<>(Map.of(
                "weir.ledger.hold-ttl", "60s",
                "weir.ledger.sweep-grace", "3s",
                "weir.providers.openai.base-url", mangler.url() + "/v1",
                "weir.providers.anthropic.base-url", mangler.url() + "/anthropic",
                "weir.providers.gemini.base-url", mangler.url() + "/gemini"));
        return Map.of("orchestration", orchestration);
    }

    // Connections that send a byte a second are open meanwhile; returns how many the gateway has not ended.
    private static int shoot(
            Undertaking undertaking,
            Trial trial,
            String gateway,
            Fuzzing fuzzing,
            List<Customer> customers,
            int callers)
            throws InterruptedException {
        try (Trickle trickle = Trickle.start(gateway, customers.getFirst().key(), SLOW)) {
            Thread telling = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    trial.heartbeat()
                            .say(fuzzing.made() + " shots, " + fuzzing.found().size() + " faults");
                    Trial.pause(200);
                }
            });
            fuzzing.run(undertaking.lasting(), callers);
            telling.interrupt();
            telling.join();
            return undertaking.lasting().compareTo(SLOW_FROM) < 0 ? 0 : trickle.open();
        }
    }

    private static Map<String, Long> processes(Rig rig) {
        Map<String, Long> pids = new LinkedHashMap<>();
        rig.running().forEach((name, process) -> {
            if (WATCHED.stream().anyMatch(name::contains)) {
                pids.put(name, process.pid());
            }
        });
        return pids;
    }

    private static Outcome outcome(
            Undertaking undertaking,
            Fuzzing fuzzing,
            Mangler mangler,
            LedgerContents ledger,
            boolean alive,
            int stillSlow) {
        long unsettled = fuzzing.answered().stream()
                .filter(request -> !ledger.isSettled(request))
                .count();
        undertaking.say(fuzzing.made() + " shots; answers by status (0: none): " + fuzzing.statuses() + "; "
                + fuzzing.echoes() + " with their own tenant's word");
        undertaking.say("providers' answers: " + mangler.spoilt());
        for (Found found : fuzzing.found()) {
            undertaking.say("  ! " + found.kind() + " at shot " + found.number() + ": " + found.what());
            undertaking.say("      " + found.detail());
            undertaking.say("      " + found.file());
        }
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("seed", undertaking.seed());
        summary.put("shots", fuzzing.made());
        summary.put("statuses", fuzzing.statuses());
        summary.put("echoes", fuzzing.echoes());
        summary.put("spoilt", mangler.spoilt());
        summary.put("faults", fuzzing.found());
        summary.put("unreachable", fuzzing.unreachable());
        summary.put("processesAlive", alive);
        summary.put("slowStillOpen", stillSlow);
        summary.put("openHolds", ledger.openHolds());
        summary.put("unsettled", unsettled);
        boolean proven = fuzzing.found().isEmpty()
                && fuzzing.echoes() > 0
                && fuzzing.unreachable() == 0
                && alive
                && stillSlow == 0
                && ledger.openHolds() == 0
                && unsettled == 0;
        undertaking.say((proven ? "proven: " : "NOT PROVEN: ") + fuzzing.found().size() + " faults, "
                + ledger.openHolds() + " open holds, " + unsettled + " answers not settled, " + stillSlow
                + " slow connections still open, " + fuzzing.unreachable() + " connections not taken"
                + (alive ? "" : ", a process ended"));
        return new Outcome(proven, summary);
    }
}
