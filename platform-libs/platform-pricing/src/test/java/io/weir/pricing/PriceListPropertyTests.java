package io.weir.pricing;

import static io.weir.pricing.Books.EARLY;
import static io.weir.pricing.Books.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import io.weir.pricing.PriceList.Priced;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class PriceListPropertyTests {

    /// The promise that budgets stand on: whatever a call within its bounds turns out to use, its hold covers it.
    @Property(tries = 2000)
    void theCeilingCoversEveryUsageWithinIt(
            @ForAll("books") Books books,
            @ForAll("tokens") Quantities used,
            @ForAll @LongRange(min = 0, max = 5_000) long spareInput,
            @ForAll @LongRange(min = 0, max = 5_000) long spareOutput) {
        PriceList list = books.list();
        Priced priced = list.price(books.model(), used, NOW);
        Assume.that(priced instanceof Priced.Complete);
        Amount ceiling = list.ceiling(books.model(), used.input() + spareInput, used.output() + spareOutput, NOW)
                .orElseThrow();
        assertThat(((Priced.Complete) priced).cost()).isLessThanOrEqualTo(ceiling);
    }

    @Property
    void theCostIsTheSumOfTheLinesAndEachUsedMeterHasOne(
            @ForAll("books") Books books, @ForAll("tokens") Quantities used) {
        if (books.list().price(books.model(), used, NOW) instanceof Priced.Complete complete) {
            assertThat(complete.lines().stream().map(PriceList.Line::cost).reduce(Amount.ZERO, Amount::plus))
                    .isEqualTo(complete.cost());
            assertThat(complete.lines())
                    .filteredOn(line -> line.meter() != Meter.REQUEST || used.of(Meter.REQUEST) > 0)
                    .extracting(PriceList.Line::meter)
                    .containsExactlyInAnyOrderElementsOf(used.byMeter().keySet());
        }
    }

    @Property
    void eachUsedMeterIsEitherPricedOrReported(@ForAll("books") Books books, @ForAll("tokens") Quantities used) {
        Priced priced = books.list().price(books.model(), used, NOW);
        switch (priced) {
            case Priced.Complete complete ->
                assertThat(complete.lines())
                        .filteredOn(line -> line.meter() != Meter.REQUEST)
                        .hasSize((int) used.byMeter().keySet().stream()
                                .filter(meter -> meter != Meter.REQUEST)
                                .count());
            case Priced.Unpriced unpriced ->
                assertThat(used.byMeter().keySet())
                        .containsAll(unpriced.meters())
                        .isNotEmpty();
        }
    }

    /// Tokens of any kind, and at most the one request that a call is.
    @Provide
    Arbitrary<Quantities> tokens() {
        Arbitrary<Long> quantity = Arbitraries.longs().between(0, 300_000);
        Arbitrary<Meter> meter = Arbitraries.of(Meter.class).filter(any -> any != Meter.SEARCH_CALL);
        return Arbitraries.maps(meter, quantity).ofMaxSize(6).map(PriceListPropertyTests::oneRequestAtMost);
    }

    @Provide
    Arbitrary<Books> books() {
        Arbitrary<BigDecimal> rate = Arbitraries.bigDecimals()
                .between(BigDecimal.ZERO, new BigDecimal("0.001"))
                .ofScale(12);
        Arbitrary<Map<Meter, BigDecimal>> base =
                Arbitraries.maps(Arbitraries.of(Meter.class), rate).ofMinSize(4);
        Arbitrary<Long> threshold = Arbitraries.longs().between(1, 400_000);
        return Combinators.combine(base, base, rate, rate, threshold).as(PriceListPropertyTests::book);
    }

    private static Quantities oneRequestAtMost(Map<Meter, Long> quantities) {
        Map<Meter, Long> bounded = new EnumMap<>(Meter.class);
        bounded.putAll(quantities);
        bounded.computeIfPresent(Meter.REQUEST, (meter, quantity) -> Math.min(1, quantity));
        return new Quantities(bounded);
    }

    private static Books book(
            Map<Meter, BigDecimal> base, Map<Meter, BigDecimal> over, BigDecimal in, BigDecimal out, long threshold) {
        Map<Meter, BigDecimal> always = new EnumMap<>(Meter.class);
        always.putAll(base);
        always.put(Meter.TEXT_IN, in);
        always.put(Meter.TEXT_OUT, out);
        Books books = Books.selling("any");
        always.forEach((meter, rate) -> books.rule(meter, new Rate(rate), "standard", 0, EARLY, null));
        over.forEach((meter, rate) -> books.rule(meter, new Rate(rate), "standard", threshold, EARLY, null));
        return books;
    }
}
