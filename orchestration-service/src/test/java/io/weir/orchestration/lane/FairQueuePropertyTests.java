package io.weir.orchestration.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

class FairQueuePropertyTests {

    private static final double ROUNDING = 1e-6;

    private FairQueue<Integer, Integer> queue = new FairQueue<>();

    @BeforeTry
    void empty() {
        queue = new FairQueue<>();
    }

    @Property(tries = 200)
    void whileTheyAllWaitNoFlowIsAheadByMoreThanOneOfItsOwnAndOneOfTheOthers(
            @ForAll @Size(min = 2, max = 8) List<@DoubleRange(min = 0.1, max = 5) Double> weights, @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] largest = new double[weights.size()];
        Map<Integer, Double> costs = new HashMap<>();
        int ids = 0;
        for (int flow = 0; flow < weights.size(); flow++) {
            for (int i = 0; i < 200; i++) {
                double cost = 1 + random.nextInt(100);
                largest[flow] = Math.max(largest[flow], cost);
                costs.put(ids, cost);
                queue.add(flow, weights.get(flow), cost, ids++ * 10 + flow);
            }
        }
        double[] served = new double[weights.size()];
        int[] left = new int[weights.size()];
        Arrays.fill(left, 200);
        while (Arrays.stream(left).allMatch(some -> some > 0)) {
            int what = next();
            int flow = what % 10;
            served[flow] += costs.getOrDefault(what / 10, 0.0) / weights.get(flow);
            left[flow]--;
            for (int one = 0; one < served.length; one++) {
                for (int other = 0; other < served.length; other++) {
                    double bound = largest[one] / weights.get(one) + largest[other] / weights.get(other);
                    assertThat(served[one] - served[other]).isLessThanOrEqualTo(bound + ROUNDING);
                }
            }
        }
    }

    private int next() {
        FairQueue<Integer, Integer>.Entry first = queue.first();
        assertThat(first).isNotNull();
        int what = first.what();
        queue.serveFirst();
        return what;
    }

    /// Comes, leaves or is served, at random.
    @Property(tries = 300)
    void everyoneIsServedOnceOrLeavesAndWithinAFlowTheFirstComesFirst(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int steps) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FairQueue<Integer, Integer>.Entry> waiting = new ArrayList<>();
        Set<Integer> expected = new HashSet<>();
        Map<Integer, Integer> lastOfFlow = new HashMap<>();
        for (int id = 0; id < steps; id++) {
            int flow = random.nextInt(5);
            waiting.add(queue.add(flow, 0.1 + random.nextInt(3), 1 + random.nextInt(9), id * 10 + flow));
            expected.add(id * 10 + flow);
            if (random.nextInt(3) == 0) {
                FairQueue<Integer, Integer>.Entry leaving = waiting.get(random.nextInt(waiting.size()));
                assertThat(queue.remove(leaving)).isEqualTo(expected.remove(leaving.what()));
            }
            if (random.nextInt(3) == 0 && !queue.isEmpty()) {
                serveInOrder(expected, lastOfFlow);
            }
            assertThat(queue.size()).isEqualTo(expected.size());
        }
        while (!queue.isEmpty()) {
            serveInOrder(expected, lastOfFlow);
        }
        assertThat(expected).isEmpty();
        assertThat(queue.flows()).isZero();
        assertThat(queue.first()).isNull();
    }

    private void serveInOrder(Set<Integer> expected, Map<Integer, Integer> lastOfFlow) {
        int what = next();
        assertThat(expected.remove(what)).isTrue();
        assertThat(lastOfFlow.getOrDefault(what % 10, -1)).isLessThan(what);
        lastOfFlow.put(what % 10, what);
    }

    @Property(tries = 100)
    void whoComesWithOneIsServedBeforeASecondRoundOfThoseWithMany(
            @ForAll @IntRange(min = 1, max = 6) int noisy, @ForAll @IntRange(min = 0, max = 50) int before) {
        for (int flow = 0; flow < noisy; flow++) {
            for (int i = 0; i < 500; i++) {
                queue.add(flow, 1, 10, flow);
            }
        }
        for (int i = 0; i < before; i++) {
            next();
        }
        queue.add(9, 1, 10, 9);
        int waited = 0;
        while (next() != 9) {
            waited++;
        }
        assertThat(waited).isLessThanOrEqualTo(2 * noisy);
    }

    @Property(tries = 100)
    void whatIsAheadIsNoMoreThanAllThatWaits(
            @ForAll @IntRange(min = 1, max = 50) int others, @ForAll @DoubleRange(min = 0.01, max = 2) double weight) {
        for (int i = 0; i < others; i++) {
            queue.add(i, 1, 5, i);
        }
        double ahead = queue.ahead(1_000, weight, 5);
        assertThat(ahead).isBetween(5.0, others * 5.0 + 5.0);
    }

    @Property(tries = 100)
    void inAFullQueueTheOneWithMostMakesRoom(@ForAll @IntRange(min = 2, max = 100) int many) {
        queue.add(1, 1, 5, 1);
        for (int i = 0; i < many; i++) {
            queue.add(2, 1, 5, 100 + i);
        }
        FairQueue<Integer, Integer>.Entry last = queue.lastOfLongest(1, 1, 5);
        if (many > 2) {
            assertThat(last).isNotNull();
            assertThat(last.what()).isEqualTo(100 + many - 1);
        }
        assertThat(queue.lastOfLongest(2, 1, 5)).isNull();
    }
}
