package io.weir.orchestration.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.route.Baseline;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Route;
import io.weir.orchestration.route.Routes;
import io.weir.pricing.PriceList.Priced;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

class SavingsPropertyTests {

    private static final Route CHEAP = Routes.of(
            "openai",
            "cheap",
            Map.of(
                    Meter.TEXT_IN, "0.2",
                    Meter.TEXT_IN_CACHED, "0.02",
                    Meter.CACHE_WRITE_5M, "0.25",
                    Meter.TEXT_OUT, "1.2",
                    Meter.REASONING_OUT, "1.2",
                    Meter.SEARCH_CALL, "10000"));
    private static final Route COMMON = Routes.of(
            "openai", "common", Map.of(Meter.TEXT_IN, "2.5", Meter.TEXT_IN_CACHED, "1.25", Meter.TEXT_OUT, "10"));

    @Provide
    Arbitrary<Quantities> usage() {
        return Arbitraries.maps(
                        Arbitraries.of(
                                Meter.TEXT_IN,
                                Meter.TEXT_IN_CACHED,
                                Meter.CACHE_WRITE_5M,
                                Meter.TEXT_OUT,
                                Meter.REASONING_OUT,
                                Meter.SEARCH_CALL),
                        Arbitraries.longs().between(0, 500_000))
                .map(Quantities::new);
    }

    private static Attempt attempt(int n, Quantities used, Amount cost, @Nullable String book) {
        return new Attempt(
                n,
                "openai",
                "cheap",
                null,
                used,
                null,
                UsageSource.PROVIDER,
                book,
                List.of(),
                cost,
                Outcome.COMPLETED,
                200,
                1);
    }

    private static Amount cost(Route route, Quantities used) {
        return switch (route.prices().price(route.model(), used, Instant.EPOCH)) {
            case Priced.Complete complete -> complete.cost();
            case Priced.Unpriced unpriced -> throw new AssertionError(unpriced);
        };
    }

    private static Savings savings(Route served, @Nullable Route baseline, Amount wasted, Attempt answered) {
        Candidate candidate = Routes.candidate(served, 100, false);
        Plan plan = new Plan(List.of(candidate), Optional.ofNullable(baseline).map(Baseline::of));
        Attempt failed = attempt(1, Quantities.NONE, wasted, "b");
        return Savings.of(
                plan,
                new Consumption(candidate, answered, List.of(failed, answered), Outcome.COMPLETED, true, null, 1));
    }

    private static Amount sum(Savings savings) {
        return savings.lines().stream().map(SavingsLine::amount).reduce(Amount.ZERO, Amount::plus);
    }

    @Property
    void theLinesAddUpToTheBaselineLessTheCost(
            @ForAll @From("usage") Quantities used, @ForAll @LongRange(max = 1_000_000) long wasted) {
        Amount lost = new Amount(BigDecimal.valueOf(wasted, 9));
        Attempt answered = attempt(2, used, cost(CHEAP, used), "b");
        Savings savings = savings(CHEAP, COMMON, lost, answered);
        assertThat(sum(savings))
                .isEqualTo(savings.baselineCost().minus(answered.cost().plus(lost)));
    }

    @Property
    void theModelItselfSavesNothingAndAFailedAttemptsCostIsLost(
            @ForAll @From("usage") Quantities used, @ForAll @LongRange(max = 1_000_000) long wasted) {
        Amount lost = new Amount(BigDecimal.valueOf(wasted, 9));
        Attempt answered = attempt(2, used, cost(CHEAP, used), "b");
        for (Route baseline : new Route[] {CHEAP, null}) {
            Savings savings = savings(CHEAP, baseline, lost, answered);
            assertThat(savings.baselineModel()).isEqualTo("cheap");
            assertThat(savings.baselineCost()).isEqualTo(answered.cost());
            assertThat(sum(savings)).isEqualTo(Amount.ZERO.minus(lost));
        }
    }

    @Example
    void usageWithoutAPriceSavesNothing() {
        Savings savings =
                savings(CHEAP, COMMON, Amount.ZERO, attempt(2, Quantities.of(Meter.TEXT_OUT, 9), Amount.ZERO, null));
        assertThat(savings).isEqualTo(new Savings("cheap", Amount.ZERO, List.of()));
    }

    @Example
    void theSameBucketsAtTheBaselinesRates() {
        Quantities used = new Quantities(Map.of(
                Meter.TEXT_IN, 1_000L, Meter.TEXT_IN_CACHED, 1_000L, Meter.TEXT_OUT, 100L, Meter.REASONING_OUT, 100L));
        Savings savings = savings(CHEAP, COMMON, Amount.ZERO, attempt(2, used, cost(CHEAP, used), "b"));
        // 1,000 at 2.50, 1,000 cached at 1.25, and 200 of answer at 10: it has no rate of its own for reasoning.
        assertThat(savings.baselineCost()).isEqualTo(Amount.of("0.00575"));
        assertThat(savings.lines())
                .containsExactly(new SavingsLine("routing", Amount.of("0.00575").minus(cost(CHEAP, used))));
    }
}
