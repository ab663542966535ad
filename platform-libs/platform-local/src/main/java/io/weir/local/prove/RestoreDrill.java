package io.weir.local.prove;

import io.weir.local.backup.Backup;
import io.weir.local.prove.books.LedgerContents;
import io.weir.local.prove.books.Warehouse;
import io.weir.local.prove.fleet.Rig;
import io.weir.local.prove.load.Client;
import io.weir.local.prove.load.Customer;
import io.weir.local.prove.load.Load;
import io.weir.local.prove.load.Seen;
import io.weir.local.prove.load.Seen.Result;
import io.weir.local.prove.stores.ClickHouseSums;
import io.weir.local.prove.stores.KafkaSums;
import io.weir.local.prove.stores.PostgresSums;
import io.weir.local.state.DirectoryTree;
import io.weir.local.supervisor.Part.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// All is lost and comes back from a backup, twice. Of one that was taken in silence every row, record and offset is
/// what it was. Of one that was taken under load all is there that was answered before it, once, nothing that was
/// answered after it, and no budget is torn.
final class RestoreDrill implements Proof {

    private static final int CUSTOMERS = 6;
    private static final int CALLERS = 16;

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String description() {
        return "backup in silence and under load, everything lost, restored: equal sums, and nothing answered is"
                + " missing";
    }

    @Override
    public Outcome run(Undertaking undertaking) throws IOException, InterruptedException, SQLException {
        try (Trial trial = Trial.begin(undertaking, Rig.Size.SMALL)) {
            Drill drill = on(trial, undertaking);
            Results.write(
                    undertaking.layout(),
                    "Restore drill",
                    "./weir prove restore --calls " + undertaking.calls(),
                    drill.lines());
            return drill.outcome();
        }
    }

    /// On a platform that runs, without keeping the figures.
    static Drill on(Trial trial, Undertaking undertaking) throws IOException, InterruptedException, SQLException {
        int callers = undertaking.callers() > 0 ? undertaking.callers() : CALLERS;
        undertaking.say(undertaking.calls() + " calls, " + callers + " at once, seed " + undertaking.seed());
        try (Client client = new Client(trial.rig().gateway())) {
            Drill drill = new Drill(undertaking, trial, client, undertaking.calls(), callers);
            drill.provision();
            drill.inSilence();
            drill.underLoad();
            drill.tell();
            return drill;
        }
    }

    static final class Drill {

        private final Undertaking undertaking;
        private final Trial trial;
        private final Client client;
        private final int calls;
        private final int callers;
        private final List<Customer> customers = new ArrayList<>();
        private boolean proven = true;
        private final Map<String, Object> summary = new LinkedHashMap<>();
        private final List<String> rows = new ArrayList<>(List.of(
                "| Backup | files | MB | platform stood still | slowest call meanwhile | restored in | then ready in |",
                "|---|---|---|---|---|---|---|"));

        private Drill(Undertaking undertaking, Trial trial, Client client, int calls, int callers) {
            this.undertaking = undertaking;
            this.trial = trial;
            this.client = client;
            this.calls = calls;
            this.callers = callers;
        }

        private void provision() throws IOException, InterruptedException {
            for (int i = 0; i < CUSTOMERS; i++) {
                customers.add(trial.provision("drill-" + i, i % 2 == 0 ? null : "100000", 1));
            }
        }

        private void inSilence() throws IOException, InterruptedException, SQLException {
            Load load = load(0, calls / 4);
            finish(load);
            trial.quiet(customers);
            trial.rig().end(Kind.SERVICE);
            Map<String, String> before = sums();
            Backup backup = Backup.take(trial.rig().layout(), place("silence"));
            Duration restored = loseAndRestore(backup);
            Map<String, String> after = sums();
            Set<String> differing = differing(before, after);
            Duration ready = bringServicesBack();
            row("in silence", backup, "", restored, ready);
            undertaking.say(before.size() + " sums of tables, partitions and groups; differing: " + differing);
            summary.put("sums", before.size());
            summary.put("differing", differing);
            summary.put("silence", figures(backup, restored, ready));
            DirectoryTree.delete(place("silence"));
            proven &= differing.isEmpty() && !before.isEmpty();
        }

        private void underLoad() throws IOException, InterruptedException, SQLException {
            Load load = load(1, calls / 2);
            awaitMade(load, calls / 4);
            Set<String> before = answered(load.seen());
            Instant began = Instant.now();
            Backup backup = Backup.take(trial.rig().layout(), place("load"));
            Instant ended = Instant.now();
            finish(load);
            long slowest = slowest(load.seen(), began, ended);
            // Where the platform stands still for longer than a call waits for the ledger, it is told to come again.
            long refused =
                    load.seen().stream().filter(one -> one.status() == 503).count();
            List<Seen> failed = load.seen().stream()
                    .filter(one -> one.result() == Result.FAILED || one.result() == Result.BROKEN)
                    .filter(one -> one.status() != 503)
                    .toList();
            Load later = load(2, calls / 4);
            finish(later);
            Set<String> after = answered(later.seen());
            Duration restored = loseAndRestore(backup);
            Duration ready = bringServicesBack();
            LedgerContents ledger = trial.quiet(customers);
            Set<String> missing = new HashSet<>(before);
            Set<String> kept = new HashSet<>();
            long doubled = 0;
            try (Warehouse warehouse = trial.warehouse()) {
                for (String requestId : warehouse.settlements()) {
                    doubled += kept.add(requestId) ? 0 : 1;
                }
                doubled += Math.abs(warehouse.attempts() - ledger.attempts());
            }
            missing.removeAll(kept);
            long torn = trial.tornBudgets(ledger);
            after.retainAll(kept);
            row("under load", backup, String.format(Locale.ROOT, "%,d ms", slowest), restored, ready);
            undertaking.say(String.format(
                    Locale.ROOT,
                    "answered before the backup %,d, of them missing %d; restored from after it %d; doubled %d; open"
                            + " holds %d; torn budgets %d; calls that were told to come again %d; that failed %d %s",
                    before.size(),
                    missing.size(),
                    after.size(),
                    doubled,
                    ledger.openHolds(),
                    torn,
                    refused,
                    failed.size(),
                    failed.stream()
                            .map(one -> one.result() + " " + one.status() + " " + one.code() + " " + one.detail()
                                    + " sent " + one.sent() + " ended " + one.ended())
                            .toList()));
            summary.put("answeredBefore", before.size());
            summary.put("missing", missing.size());
            summary.put("fromAfter", after.size());
            summary.put("doubled", doubled);
            summary.put("openHolds", ledger.openHolds());
            summary.put("tornBudgets", torn);
            summary.put("refusedBeside", refused);
            summary.put("failedBeside", failed.size());
            summary.put("slowestBesideMillis", slowest);
            summary.put("load", figures(backup, restored, ready));
            finish(load(3, callers));
            proven &= !before.isEmpty()
                    && missing.isEmpty()
                    && after.isEmpty()
                    && doubled == 0
                    && ledger.openHolds() == 0
                    && torn == 0
                    && failed.isEmpty();
        }

        private Path place(String name) {
            return undertaking.directory().resolve("backup-of-" + name);
        }

        private Load load(int number, int some) {
            Load load = new Load(undertaking.seed() * 4 + number, some, customers, client);
            load.start(callers);
            return load;
        }

        private void awaitMade(Load load, int made) {
            while (load.made() < made && !load.isOver()) {
                trial.heartbeat().say(load.made() + " calls");
                Trial.pause(20);
            }
        }

        private void finish(Load load) throws IOException {
            awaitMade(load, Integer.MAX_VALUE);
            load.stop();
            if (load.seen().stream().noneMatch(one -> one.result() == Result.ANSWERED)) {
                throw new IOException("not one call was answered: " + Load.problems(load.seen()));
            }
        }

        private static Set<String> answered(Collection<Seen> seen) {
            return seen.stream()
                    .filter(one -> one.result() == Result.ANSWERED && one.requestId() != null)
                    .map(one -> Objects.requireNonNull(one.requestId()))
                    .collect(Collectors.toCollection(HashSet::new));
        }

        private static long slowest(Collection<Seen> seen, Instant began, Instant ended) {
            return seen.stream()
                    .filter(one -> one.sent().isBefore(ended) && one.ended().isAfter(began))
                    .mapToLong(one -> Duration.between(one.sent(), one.ended()).toMillis())
                    .max()
                    .orElse(0);
        }

        // Until the servers answer again.
        private Duration loseAndRestore(Backup backup) throws IOException {
            trial.heartbeat().now("everything is lost");
            trial.rig().lose();
            long began = System.nanoTime();
            List<String> faults = backup.faults();
            if (!faults.isEmpty()) {
                throw new IOException("the backup is not whole: " + faults);
            }
            backup.restoreData(trial.rig().layout());
            trial.rig().bringBack(Kind.SERVER);
            return Duration.ofNanos(System.nanoTime() - began);
        }

        private Duration bringServicesBack() throws IOException {
            long began = System.nanoTime();
            trial.rig().bringBack(Kind.SERVICE);
            trial.rig().awaitReady(trial.heartbeat()::now);
            return Duration.ofNanos(System.nanoTime() - began);
        }

        private Map<String, String> sums() throws IOException, InterruptedException, SQLException {
            trial.heartbeat().now("summing up all that the stores hold");
            Rig rig = trial.rig();
            Map<String, String> sums = new TreeMap<>();
            PostgresSums.of(rig::postgres, rig.password("postgres"))
                    .forEach((name, sum) -> sums.put("postgres " + name, sum));
            try (Warehouse warehouse = trial.warehouse()) {
                ClickHouseSums.of(warehouse).forEach((name, sum) -> sums.put("clickhouse " + name, sum));
            }
            try {
                KafkaSums.of(rig.kafka()).forEach((name, sum) -> sums.put("kafka " + name, sum));
            } catch (ExecutionException | TimeoutException failed) {
                throw new IOException("Kafka could not be read: " + failed.getMessage(), failed);
            }
            return sums;
        }

        private static Set<String> differing(Map<String, String> before, Map<String, String> after) {
            Set<String> names = new TreeSet<>(before.keySet());
            names.addAll(after.keySet());
            names.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
            return names;
        }

        private void row(String name, Backup backup, String slowest, Duration restored, Duration ready) {
            rows.add(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %.1f | %d ms | %s | %.1f s | %.1f s |",
                    name,
                    backup.files(),
                    backup.bytes() / 1_048_576.0,
                    backup.still().toMillis(),
                    slowest,
                    restored.toMillis() / 1000.0,
                    ready.toMillis() / 1000.0));
        }

        private static Map<String, Object> figures(Backup backup, Duration restored, Duration ready) {
            return Map.of(
                    "files", backup.files(),
                    "bytes", backup.bytes(),
                    "stillMillis", backup.still().toMillis(),
                    "restoredMillis", restored.toMillis(),
                    "readyMillis", ready.toMillis());
        }

        private void tell() {
            undertaking.endProgress();
            rows.forEach(undertaking::say);
        }

        Outcome outcome() {
            return new Outcome(proven, summary);
        }

        /// For people.
        List<String> lines() {
            List<String> lines = new ArrayList<>(rows);
            lines.add("");
            lines.add(summary.get("sums") + " sums of tables, partitions and groups of consumers, differing: "
                    + summary.get("differing") + ". Under load: " + summary.get("answeredBefore")
                    + " calls answered before the backup, missing " + summary.get("missing") + ", doubled "
                    + summary.get("doubled") + ", restored from after it " + summary.get("fromAfter")
                    + ", open holds " + summary.get("openHolds") + ", torn budgets " + summary.get("tornBudgets")
                    + ", calls told to come again " + summary.get("refusedBeside") + ", failed "
                    + summary.get("failedBeside") + ".");
            return lines;
        }
    }
}
