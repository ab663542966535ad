package io.weir.orchestration.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.provider.Provider;
import io.weir.pricing.PriceList;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class OutputCeilingPropertyTests {

    private static final Model MODEL = new Model("openai", "m", "chat", 128_000, 16_384, 0);

    private static Route route() {
        List<Rule> rules = List.of(rule(Meter.TEXT_IN, "0.15"), rule(Meter.TEXT_OUT, "0.60"));
        PriceBookSnapshot book =
                new PriceBookSnapshot("b", "test", LocalDate.of(2026, 11, 1), List.of(MODEL), rules, 1);
        return new Route(
                MODEL,
                new Provider("openai", "http://x/v1", "k", new OpenAiDialect()),
                new PriceList(book),
                "m",
                "explicit");
    }

    private static Rule rule(Meter meter, String perMillion) {
        return new Rule(
                meter.wireName(),
                "openai",
                "m",
                meter,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }

    @Property
    void theLargestLimitFitsAndTheNextDoesNot(
            @ForAll @IntRange(max = 100_000) int input,
            @ForAll @IntRange(min = 1, max = 8) int choices,
            @ForAll @IntRange(min = 1, max = 16_384) int wanted,
            @ForAll @LongRange(max = 100_000_000) long nanoDollars) {
        OutputCeiling ceiling = new OutputCeiling(route(), input, choices, wanted, false, Instant.EPOCH);
        Amount available = new Amount(BigDecimal.valueOf(nanoDollars, 9));
        int largest = ceiling.largestWithin(available);
        assertThat(largest).isBetween(0, wanted);
        if (largest > 0) {
            assertThat(ceiling.of(largest)).isLessThanOrEqualTo(available);
        }
        int next = Math.max(largest + 1, Math.min(16, wanted));
        if (next <= wanted) {
            assertThat(ceiling.of(next)).isGreaterThan(available);
        }
    }

    @Property
    void aLimitOfTheClientsIsNeverChanged(@ForAll @LongRange(max = 1_000_000) long nanoDollars) {
        OutputCeiling ceiling = new OutputCeiling(route(), 10, 1, 100, true, Instant.EPOCH);
        assertThat(ceiling.largestWithin(new Amount(BigDecimal.valueOf(nanoDollars, 9))))
                .isZero();
    }
}
