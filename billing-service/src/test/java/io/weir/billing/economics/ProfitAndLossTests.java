package io.weir.billing.economics;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.economics.ProfitAndLoss.Entry;
import io.weir.billing.economics.ProfitAndLoss.Row;
import io.weir.money.Amount;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ProfitAndLossTests {

    @Test
    void whatIsLeftIsRevenueLessAllThatItTook() {
        ProfitAndLoss statement = ProfitAndLoss.of(
                List.of(
                        entry("a", "growth", "299", "120.5", "30", "10"),
                        entry("b", "growth", "299", "350", "30", "0"),
                        entry("c", "free", "0", "1.25", "0.5", "0")),
                Amount.of("40"));
        assertThat(statement.tenants()).extracting(Row::of).containsExactly("a", "b", "c");
        assertThat(statement.tenants().getFirst().margin()).isEqualTo(Amount.of("138.5"));
        assertThat(statement.tenants().getFirst().marginPercent()).isEqualByComparingTo("46.32");
        assertThat(statement.tenants().get(1).marginPercent()).isEqualByComparingTo("-27.09");
        assertThat(statement.tenants().get(2).marginPercent()).isNull();
        assertThat(statement.plans()).extracting(Row::of).containsExactly("free", "growth");
        assertThat(statement.company().margin()).isEqualTo(Amount.of("15.75"));
        assertThat(ProfitAndLoss.of(List.of(), Amount.ZERO).company().marginPercent())
                .isNull();
    }

    @Property(tries = 1_000)
    void tenantsAndPlansWithWhatBelongsToNoneAreTheCompany(@ForAll long seed) {
        Random random = new Random(seed);
        List<Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(40); i > 0; i--) {
            entries.add(new Entry(
                    "t" + random.nextInt(12),
                    "p" + random.nextInt(4),
                    amount(random),
                    amount(random),
                    amount(random),
                    amount(random)));
        }
        Amount overhead = amount(random);
        ProfitAndLoss statement = ProfitAndLoss.of(entries, overhead);
        for (List<Row> rows : List.of(statement.tenants(), statement.plans())) {
            assertThat(sum(rows, Row::revenue)).isEqualTo(statement.company().revenue());
            assertThat(sum(rows, Row::providerCost))
                    .isEqualTo(statement.company().providerCost());
            assertThat(sum(rows, Row::credits)).isEqualTo(statement.company().credits());
            assertThat(sum(rows, Row::allocated).plus(overhead))
                    .isEqualTo(statement.company().allocated());
            assertThat(sum(rows, Row::margin).minus(overhead))
                    .isEqualTo(statement.company().margin());
        }
    }

    private static Amount sum(List<Row> rows, Function<Row, Amount> what) {
        return rows.stream().map(what).reduce(Amount.ZERO, Amount::plus);
    }

    private static Amount amount(Random random) {
        return new Amount(BigDecimal.valueOf(random.nextInt(1_000_000_000), 6));
    }

    private static Entry entry(
            String tenant, String plan, String revenue, String provider, String allocated, String credits) {
        return new Entry(
                tenant, plan, Amount.of(revenue), Amount.of(provider), Amount.of(allocated), Amount.of(credits));
    }
}
