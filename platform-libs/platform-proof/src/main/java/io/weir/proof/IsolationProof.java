package io.weir.proof;

import io.weir.proof.attack.Attack;
import io.weir.proof.attack.Breach;
import io.weir.proof.attack.DatabaseAttacks;
import io.weir.proof.attack.MessageAttacks;
import io.weir.proof.attack.Target;
import io.weir.proof.ground.Cluster;
import io.weir.proof.ground.Ground;
import io.weir.proof.ground.Spec;
import io.weir.proof.mutant.Caught;
import io.weir.proof.mutant.Mutant;
import io.weir.proof.mutant.Mutants;
import io.weir.proof.storm.Sightings;
import io.weir.proof.storm.Storm;
import io.weir.proof.storm.Weather;
import io.weir.tenancy.Placement;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The whole proof: every attack in every placement, every mutant, the storm with a seeded fault, the storm without.
/// Makes databases of its own in the cluster and drops them. Not for a cluster with other work to do.
public final class IsolationProof {

    /// Where the proof tells what it does.
    public interface Reporter {

        /// A part begins.
        void part(String title);

        /// A part is under way.
        void progress(String line);

        /// Something that is wrong.
        void wrong(String line);

        /// What became of a mutant.
        void mutant(Caught caught);
    }

    private static final int WORKERS = 16;
    private static final Duration CONTROL = Duration.ofSeconds(15);

    private final Cluster cluster;
    private final Duration lasting;
    private final long seed;
    private final Reporter reporter;

    private long seen;
    private long changed;
    private int mutants;
    private int caught;
    private boolean controlCaught;

    /// @param lasting of the storm; its control takes 15 s, or as long as the storm where that is shorter
    public IsolationProof(Cluster cluster, Duration lasting, long seed, Reporter reporter) {
        this.cluster = cluster;
        this.lasting = lasting;
        this.seed = seed;
        this.reporter = reporter;
    }

    /// Blocks until it is done.
    public IsolationResult run() throws SQLException, IOException {
        attacksAndMutants();
        storm();
        return new IsolationResult(seen, changed, mutants, caught, controlCaught);
    }

    private void attacksAndMutants() throws SQLException, IOException {
        try (Ground ground = Ground.prepare(spec(4, 2, 1, 2))) {
            for (Placement placement : Placement.values()) {
                attacks(ground, placement);
            }
            count(MessageAttacks.tried());
            Mutants all = new Mutants(ground);
            reporter.part("mutants: one safeguard missing at a time");
            demandNothingCaught(all, "caught where nothing is missing");
            for (Mutant mutant : Mutants.all()) {
                Caught one = all.caught(mutant);
                mutants++;
                caught += one.isCaught() ? 1 : 0;
                reporter.mutant(one);
            }
            demandNothingCaught(all, "caught where everything is back in its place");
        }
    }

    private void demandNothingCaught(Mutants all, String when) throws SQLException {
        List<String> caughtOfNone = all.caughtOfNone();
        if (!caughtOfNone.isEmpty()) {
            reporter.wrong(when + ": " + caughtOfNone);
            seen += caughtOfNone.size();
        }
    }

    private void attacks(Ground ground, Placement placement) throws SQLException {
        List<Attack> attacks = DatabaseAttacks.all();
        reporter.part("attacks: " + attacks.size() + " on a tenant in placement " + placement.wireName());
        List<Breach> breaches = new ArrayList<>();
        int tried = 0;
        for (Attack attack : attacks) {
            breaches.addAll(attack.on(Target.in(ground, placement)));
            tried++;
            if (tried % 20 == 0) {
                reporter.progress(tried + " tried, " + breaches.size() + " succeeded");
            }
        }
        reporter.progress(tried + " tried, " + breaches.size() + " succeeded");
        count(breaches);
    }

    private void count(List<Breach> breaches) {
        for (Breach breach : breaches) {
            reporter.wrong(breach.toString());
            if (breach.kind() == Breach.Kind.CHANGED) {
                changed++;
            } else {
                seen++;
            }
        }
    }

    private void storm() throws SQLException {
        try (Ground ground = Ground.prepare(spec(160, 36, 4, 8))) {
            Mutants faults = new Mutants(ground);
            Duration control = lasting.compareTo(CONTROL) < 0 ? lasting : CONTROL;
            reporter.part("positive control: the storm for " + control.toSeconds()
                    + " s with a policy that lets one row in five hundred through");
            faults.seedTheControl();
            try {
                Sightings sightings = blow(ground, control);
                controlCaught = !sightings.clean();
                reporter.progress(controlCaught ? "caught: " + sightings.first() : "NOT caught: the check is void");
            } finally {
                faults.mend();
            }
        }
        try (Ground ground = Ground.prepare(spec(160, 36, 4, 8))) {
            reporter.part("the storm: 200 tenants, 8 connections, " + WORKERS + " workers, one call in five cancelled, "
                    + lasting.toSeconds() + " s, seed " + seed);
            Sightings sightings = blow(ground, lasting);
            seen += sightings.seen();
            changed += sightings.changed();
            if (!sightings.clean()) {
                reporter.wrong(sightings.first());
            }
            reporter.progress("%,d calls, %,d cancelled, %,d failed; %,d rows of their own, %,d of others, %,d changed"
                    .formatted(
                            sightings.calls(),
                            sightings.cancelled(),
                            sightings.failed(),
                            sightings.own(),
                            sightings.seen(),
                            sightings.changed()));
            demandMeaning(sightings);
        }
    }

    // A storm in which nothing works sees nothing either.
    private static void demandMeaning(Sightings sightings) {
        long answered = sightings.calls() - sightings.cancelled() - sightings.failed();
        if (sightings.own() == 0 || answered * 2 < sightings.calls()) {
            throw new IllegalStateException("the storm proves nothing: of " + sightings.calls() + " calls "
                    + sightings.failed() + " failed and " + sightings.cancelled() + " were cancelled");
        }
    }

    private Sightings blow(Ground ground, Duration duration) throws SQLException {
        long begin = System.nanoTime();
        return new Storm(ground, new Weather(duration, WORKERS, seed))
                .blow(soFar -> reporter.progress("%3d s: %,d calls, %,d rows, %,d of others"
                        .formatted(
                                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                                soFar.calls(),
                                soFar.own(),
                                soFar.seen())));
    }

    private Spec spec(int pool, int bridge, int silo, int connections) {
        String name = "proof_" + UUID.randomUUID().toString().substring(0, 8);
        return new Spec(cluster, name, UUID.randomUUID().toString(), pool, bridge, silo, connections);
    }
}
