package io.weir.analytics.neighbour.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.neighbour.detection.Use.Latest;
import io.weir.analytics.neighbour.detection.Use.Usual;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DetectorPropertyTests {

    private static final Detector DETECTOR = new Detector(Thresholds.DEFAULT);
    private static final SharedResource MODEL = new SharedResource("openai", "gpt-4o");

    /// What is drawn of a tenant; its number in the list is who it is.
    private record Drawn(
            double weight,
            long units,
            long calls,
            long refused,
            long p95,
            @Nullable Usual usual,
            int resource) {}

    @Provide
    Arbitrary<List<Use>> windows() {
        Arbitrary<@Nullable Usual> usual = Combinators.combine(
                        Arbitraries.longs().between(0, 200),
                        Arbitraries.longs().between(0, 20),
                        Arbitraries.longs().between(0, 2_000),
                        Arbitraries.doubles().between(0, 5_000))
                .as((calls, refused, p95, units) -> new Usual(calls, refused, p95, units, Amount.ZERO))
                .injectNull(0.2);
        // Few small ones beside large ones, so that some take several times their share.
        Arbitrary<Long> units = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, 1_000)),
                Tuple.of(1, Arbitraries.longs().between(0, 100_000)));
        return Combinators.combine(
                        Arbitraries.of(1.0, 2.0, 4.0, 8.0),
                        units,
                        Arbitraries.longs().between(0, 200),
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.just(0L)),
                                Tuple.of(1, Arbitraries.longs().between(0, 50))),
                        Arbitraries.longs().between(0, 5_000),
                        usual,
                        Arbitraries.integers().between(0, 1))
                .as(Drawn::new)
                .list()
                .ofMaxSize(14)
                .map(DetectorPropertyTests::uses);
    }

    private static List<Use> uses(List<Drawn> drawn) {
        return IntStream.range(0, drawn.size())
                .mapToObj(n -> {
                    Drawn one = drawn.get(n);
                    return new Use(
                            one.resource() == 0 ? MODEL : SharedResource.PLATFORM,
                            tenant(n),
                            one.weight(),
                            one.units(),
                            one.calls(),
                            one.refused(),
                            one.p95(),
                            one.usual(),
                            Latest.NONE);
                })
                .toList();
    }

    private static TenantId tenant(int n) {
        return new TenantId(new UUID(n * 7_919L, n));
    }

    @Property
    void nobodyAtOrBelowItsFairShareIsFlagged(@ForAll("windows") List<Use> window) {
        List<Finding> findings = DETECTOR.detect(window);
        Statistics.label("findings").collect(findings.isEmpty() ? "none" : "some");
        for (Finding finding : findings) {
            assertThat(overFairShare(window, finding)).isGreaterThanOrEqualTo(3.0);
            assertThat(finding.shareOverFairShare()).isGreaterThanOrEqualTo(3.0);
            for (Finding.Victim victim : finding.victims()) {
                assertThat(victim.tenant()).isNotEqualTo(finding.tenant());
            }
        }
        Statistics.label("findings").coverage(checked -> checked.check("some").percentage(percent -> percent > 2));
    }

    // By another way than the detector's: in whole numbers as far as they go.
    private static double overFairShare(List<Use> window, Finding finding) {
        long units = 0;
        double weights = 0;
        for (Use use : window) {
            if (use.resource().equals(finding.resource()) && (use.units() > 0 || use.refused() > 0)) {
                units += use.units();
                weights += use.weight();
            }
        }
        Use noisy = window.stream()
                .filter(use -> use.tenant().equals(finding.tenant()))
                .findFirst()
                .orElseThrow();
        return noisy.units() * weights / (units * noisy.weight()) + 1e-9;
    }

    @Property
    void nobodyIsFlaggedWhenNobodySuffers(@ForAll("windows") List<Use> window) {
        List<Use> content = window.stream()
                .map(use -> new Use(
                        use.resource(),
                        use.tenant(),
                        use.weight(),
                        use.units(),
                        use.calls(),
                        0,
                        use.p95Millis(),
                        new Usual(100, 0, use.p95Millis(), 0, Amount.ZERO),
                        use.latest()))
                .toList();
        assertThat(DETECTOR.detect(content)).isEmpty();
    }

    @Property
    void theOrderOfWhatWasMeasuredDoesNotMatter(@ForAll("windows") List<Use> window, @ForAll Random random) {
        List<Use> shuffled = new ArrayList<>(window);
        Collections.shuffle(shuffled, random);
        assertThat(DETECTOR.detect(shuffled)).isEqualTo(DETECTOR.detect(window));
    }

    @Property
    void aTenantAloneIsNeverNoisy(@ForAll("windows") List<Use> window) {
        for (Use use : window) {
            assertThat(DETECTOR.detect(List.of(use))).isEmpty();
        }
    }

    @Property
    void whoAlwaysTookAsMuchIsNotBlamed(@ForAll("windows") List<Use> window) {
        List<Use> steady = window.stream()
                .map(use -> new Use(
                        use.resource(),
                        use.tenant(),
                        use.weight(),
                        use.units(),
                        use.calls(),
                        use.refused(),
                        use.p95Millis(),
                        new Usual(100, 0, 1, Math.max(1, use.units()), Amount.ZERO),
                        use.latest()))
                .toList();
        assertThat(DETECTOR.detect(steady)).isEmpty();
    }

    @Property
    void oneOfTenWithFiftyTimesTheLoadIsFoundWhileTheOthersWait(
            @ForAll @IntRange(min = 20, max = 500) int calls, @ForAll @IntRange(min = 2, max = 50) int slower) {
        List<Use> window = new ArrayList<>();
        window.add(use(0, calls * 50L, 800, 900));
        for (int n = 1; n < 10; n++) {
            window.add(use(n, calls, 200L * slower, 200));
        }
        List<Finding> findings = DETECTOR.detect(window);
        assertThat(findings).singleElement().satisfies(found -> {
            assertThat(found.tenant()).isEqualTo(tenant(0));
            assertThat(found.shareOverFairShare()).isBetween(8.0, 9.0);
            assertThat(found.victims()).hasSize(9).allMatch(Finding.Victim::late);
        });
    }

    @Test
    void weightsMoveTheFairShare() {
        List<Use> window = new ArrayList<>();
        window.add(
                new Use(MODEL, tenant(0), 8, 400, 400, 0, 100, new Usual(100, 0, 100, 10, Amount.ZERO), Latest.NONE));
        for (int n = 1; n < 10; n++) {
            window.add(use(n, 20, 2_000, 200));
        }
        // 69 % of the use at a weight of 8 in 17.
        assertThat(DETECTOR.detect(window)).isEmpty();
    }

    @Test
    void refusedNeighboursSufferToo() {
        List<Use> window = new ArrayList<>();
        window.add(use(0, 5_000, 100, 100));
        for (int n = 1; n < 5; n++) {
            window.add(new Use(MODEL, tenant(n), 1, 100, 50, 4, 100, null, Latest.NONE));
        }
        assertThat(DETECTOR.detect(window))
                .singleElement()
                .satisfies(found ->
                        assertThat(found.victims()).hasSize(4).allMatch(victim -> victim.refused() && !victim.late()));
    }

    private static Use use(int n, long calls, long p95, long usualP95) {
        return new Use(
                MODEL, tenant(n), 1, calls, calls, 0, p95, new Usual(500, 0, usualP95, 10, Amount.ZERO), Latest.NONE);
    }
}
