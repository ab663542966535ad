package io.weir.billing.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.billing.rating.ExactAmount;
import io.weir.billing.reconciliation.Books.Line;
import io.weir.billing.reconciliation.Difference.Kind;
import io.weir.billing.reconciliation.FaultyMonth.Plan;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class ReconciliationTests {

    private static final Logger LOG = LoggerFactory.getLogger(ReconciliationTests.class);

    private static Set<String> named(List<Difference> differences) {
        return differences.stream()
                .map(one -> FaultyMonth.named(one.kind(), one.at(), one.key()))
                .collect(Collectors.toSet());
    }

    @Test
    void everyOneOfTwoHundredFaultsIsNamedAndNothingElse() {
        FaultyMonth month = new FaultyMonth(42);
        List<Difference> found = Reconciliation.of(month.books(Plan.TWO_HUNDRED));
        assertThat(Plan.TWO_HUNDRED.count()).isEqualTo(200);
        assertThat(month.faults()).hasSize(200);
        assertThat(named(found)).isEqualTo(month.faults());
        assertThat(found).hasSameSizeAs(month.faults());
        Map<String, Long> byKind = found.stream()
                .collect(Collectors.groupingBy(
                        one -> one.at().wireName() + " " + one.kind().wireName(), Collectors.counting()));
        LOG.info("measured: {} faults made, {} found: {}", month.faults().size(), found.size(), byKind);
    }

    @Test
    void whereAllIsRightNothingIsReported() {
        FaultyMonth month = new FaultyMonth(7);
        assertThat(Reconciliation.of(month.books(Plan.NONE))).isEmpty();
        Books nothing =
                new Books(Map.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        assertThat(Reconciliation.of(nothing)).isEmpty();
    }

    @Property(tries = 60)
    void whateverTheFaultsAreTheyAreFound(@ForAll long seed) {
        FaultyMonth month = new FaultyMonth(seed);
        Books books = month.books(Plan.TWO_HUNDRED);
        assertThat(named(Reconciliation.of(books))).isEqualTo(month.faults());
    }

    @Test
    void aDifferenceSaysWhatItIsWorth() {
        Line line = new Line("l", amount("1.50"));
        Books books = new Books(
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(line),
                List.of(line),
                List.of(new Line("l", amount("1.51")), new Line("m", amount("2"))));
        assertThat(Reconciliation.of(books))
                .containsExactly(
                        new Difference(Kind.ALTERED, Stage.STRIPE, "l", amount("1.5"), amount("1.51")),
                        new Difference(Kind.UNKNOWN, Stage.STRIPE, "m", null, amount("2")));
    }

    private static ExactAmount amount(String text) {
        return new ExactAmount(new BigDecimal(text));
    }
}
