package io.weir.local.prove.fleet;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Kills processes while a load runs, each at its share of it, by seed. Services are started again at once; servers
/// stay away for some seconds, and Redis comes back empty. Not safe for
/// use by several threads.
public final class Storm {

    // Of the load, so that it begins and ends in calm.
    private static final double FROM = 0.04;
    private static final double UNTIL = 0.92;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration STEP = Duration.ofMillis(100);
    /// In every ten kills all that can die does.
    public static final List<String> EVERYTHING = List.of(
            "orchestration",
            "kafka",
            "analytics",
            "orchestration",
            "redis",
            "orchestration",
            "clickhouse",
            "gateway",
            "analytics",
            "billing");

    private final Rig rig;
    private final List<Strike> strikes;
    private final List<Return> away = new ArrayList<>();
    private final Map<String, Integer> killed = new TreeMap<>();
    private int next;
    private int late;

    /// @param at share of the load
    /// @param which of several processes
    private record Strike(double at, String what, int which, long awayNanos) {}

    private record Return(String part, boolean wiped, long due) {}

    /// @param cycle services and servers that are killed again and again, each time in another order
    public Storm(Rig rig, long seed, int kills, List<String> cycle) {
        this.rig = rig;
        this.strikes = plan(new Random(seed), kills, new ArrayList<>(cycle));
    }

    private static List<Strike> plan(Random random, int kills, List<String> cycle) {
        List<Strike> plan = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            if (i % cycle.size() == 0) {
                Collections.shuffle(cycle, random);
            }
            double at = FROM + (UNTIL - FROM) * (i + random.nextDouble()) / kills;
            long away = TimeUnit.MILLISECONDS.toNanos(1_500 + random.nextInt(4_500));
            plan.add(new Strike(at, cycle.get(i % cycle.size()), random.nextInt(6), away));
        }
        return plan;
    }

    /// Does what is due.
    ///
    /// @param done share of the load
    public void at(double done) throws IOException {
        bringBack(false);
        if (next < strikes.size() && strikes.get(next).at <= done && strike(strikes.get(next))) {
            next++;
        }
    }

    // False: all of these are dead already, and it will be tried again.
    private boolean strike(Strike strike) {
        List<String> processes = rig.processes(strike.what);
        return processes.isEmpty() ? cut(strike) : kill(processes, strike.which);
    }

    private boolean cut(Strike strike) {
        if (away.stream().anyMatch(one -> one.part.equals(strike.what))) {
            return false;
        }
        boolean hit = rig.cut(strike.what);
        away.add(new Return(strike.what, strike.what.equals("redis"), System.nanoTime() + strike.awayNanos));
        return hit && count(strike.what);
    }

    private boolean kill(List<String> processes, int which) {
        for (int i = 0; i < processes.size(); i++) {
            String part = processes.get((which + i) % processes.size());
            if (rig.kill(part)) {
                return count(part);
            }
        }
        return false;
    }

    private boolean count(String part) {
        killed.merge(part, 1, Integer::sum);
        return true;
    }

    private void bringBack(boolean all) throws IOException {
        for (Return one : List.copyOf(away)) {
            if (all || one.due - System.nanoTime() < 0) {
                if (one.wiped) {
                    rig.wipe(one.part);
                }
                rig.bringBack(one.part);
                away.remove(one);
            }
        }
    }

    /// Makes the strikes that are left, as soon as what they hit is up again; then whatever is cut off comes back.
    /// Waits a minute at most.
    public void end() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (next < strikes.size() && System.nanoTime() - deadline < 0) {
            int before = kills();
            at(1);
            late += kills() - before;
            Thread.sleep(STEP);
        }
        bringBack(true);
    }

    /// Those that were made after the load, when no call was under way.
    public int late() {
        return late;
    }

    public int kills() {
        return killed.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// How often each part was killed.
    public Map<String, Integer> byPart() {
        return killed;
    }
}
