package io.weir.billing.rating.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChargePropertyTests {

    private static final List<Currency> CURRENCIES =
            List.of(Currency.getInstance("USD"), Currency.getInstance("JPY"), Currency.getInstance("KWD"));

    /// However often the period is billed, and at whatever points, the same is billed in all.
    @Property(tries = 10_000)
    void billingInAnyStepsComesToTheSameTotal(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int steps) {
        Random random = new Random(seed);
        CumulativeBilling billing = billing(random);
        TreeSet<BigDecimal> points = new TreeSet<>();
        for (int i = 0; i < steps; i++) {
            points.add(RandomPlan.quantity(random));
        }
        BigDecimal billed = BigDecimal.ZERO;
        BigDecimal previously = null;
        for (BigDecimal point : points) {
            billed = billed.add(billing.due(point, previously).amount().value());
            previously = point;
        }
        assertThat(billed)
                .isEqualTo(billing.due(points.getLast(), null).amount().value());
    }

    /// Usage counts by what it is, not by when it came or how often it was told.
    @Property(tries = 10_000)
    void orderAndRepetitionOfEventsChangeNothing(@ForAll long seed) {
        Random random = new Random(seed);
        CumulativeBilling billing = billing(random);
        Map<String, BigDecimal> events = new LinkedHashMap<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            events.put("event-" + i, RandomPlan.quantity(random));
        }
        List<String> noisy = new ArrayList<>(events.keySet());
        noisy.addAll(events.keySet());
        Collections.shuffle(noisy, random);
        Map<String, BigDecimal> seen = new LinkedHashMap<>();
        noisy.forEach(id -> seen.putIfAbsent(id, events.getOrDefault(id, BigDecimal.ZERO)));
        assertThat(billing.due(sum(seen), null)).isEqualTo(billing.due(sum(events), null));
    }

    /// Billing again what was billed owes nothing.
    @Property(tries = 10_000)
    void ratingAgainAtRestOwesNothing(@ForAll long seed) {
        Random random = new Random(seed);
        CumulativeBilling billing = billing(random);
        BigDecimal quantity = RandomPlan.quantity(random);
        CumulativeBilling.Due again = billing.due(quantity, quantity);
        assertThat(again.amount().value()).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(again.exact().value()).isEqualByComparingTo(BigDecimal.ZERO);
    }

    @Property(tries = 10_000)
    void partsAddUpAndNothingCostsLessThanNothing(@ForAll long seed) {
        Random random = new Random(seed);
        Charge charge = RandomPlan.of(random).charge();
        Charge.Rated rated = charge.rate(RandomPlan.quantity(random));
        assertThat(rated.parts().stream().map(part -> part.exact().value()).reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(rated.exact().value());
        assertThat(rated.exact().value()).isNotNegative();
    }

    private static CumulativeBilling billing(Random random) {
        return new CumulativeBilling(RandomPlan.of(random).charge(), CURRENCIES.get(random.nextInt(CURRENCIES.size())));
    }

    private static BigDecimal sum(Map<String, BigDecimal> events) {
        return events.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
