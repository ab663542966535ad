package io.weir.billing.rating.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.billing.rating.model.InvalidTermsException;
import io.weir.billing.rating.statement.Statement.Line;
import io.weir.billing.rating.statement.Statement.Share;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StatementPropertyTests {

    private static final TaxTable TAXES =
            new TaxTable(Map.of("standard", new BigDecimal("0.19"), "reduced", new BigDecimal("0.07")));
    private static final List<String> CATEGORIES = List.of("standard", "reduced", "none");

    @Property(tries = 10_000)
    void everythingAddsUpAndTheTotalIsNeverNegative(@ForAll long seed) {
        Random random = new Random(seed);
        List<Line> lines = lines(random);
        Statement sums = Statement.of(lines, random.nextInt(20_000), TAXES, random.nextInt(20_000));
        assertThat(sums.subtotal())
                .isEqualTo(lines.stream().mapToLong(Line::amount).sum());
        assertThat(sums.subtotal() - sums.discounts() - sums.credits() + sums.tax())
                .isEqualTo(sums.total())
                .isNotNegative();
        assertThat(sums.lines().stream().mapToLong(Share::discount).sum()).isEqualTo(sums.discounts());
        assertThat(sums.lines().stream().mapToLong(Share::tax).sum()).isEqualTo(sums.tax());
        assertThat(sums.lines())
                .allSatisfy(share -> assertThat(share.discount())
                        .isBetween(0L, Math.max(0, share.line().amount())));
    }

    /// The order in which lines were found decides nothing.
    @Property(tries = 10_000)
    void theOrderOfLinesChangesNoShare(@ForAll long seed) {
        Random random = new Random(seed);
        List<Line> lines = lines(random);
        Statement sums = Statement.of(lines, 5_000, TAXES, 100);
        List<Line> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, random);
        Statement again = Statement.of(shuffled, 5_000, TAXES, 100);
        assertThat(again.lines()).containsExactlyInAnyOrderElementsOf(sums.lines());
        assertThat(again.total()).isEqualTo(sums.total());
    }

    @Property(tries = 10_000)
    void creditNotesNeverGiveBackMoreThanTheInvoice(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, Long> invoiced = new TreeMap<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            invoiced.put("line-" + i, (long) random.nextInt(1_000));
        }
        Creditable left = new Creditable(invoiced);
        long given = 0;
        for (int i = 0; i < 6; i++) {
            long amount = random.nextInt(600) - 20L;
            try {
                left = left.after(Map.of("line-" + random.nextInt(5), amount));
                given += amount;
            } catch (InvalidTermsException refused) {
                assertThat(refused.field()).startsWith("lines.line-");
            }
        }
        assertThat(given + left.total()).isEqualTo(new Creditable(invoiced).total());
        assertThat(left.left().values()).allSatisfy(rest -> assertThat(rest).isNotNegative());
    }

    /// Five cents over three equal lines: .02, .02, .01, ties by key.
    @Test
    void aDiscountFallsOnLinesByLargestRemainder() {
        List<Line> lines = List.of(new Line("c", 100, "none"), new Line("a", 100, "none"), new Line("b", 100, "none"));
        assertThat(Statement.of(lines, 5, Taxes.NONE, 0).lines())
                .extracting(share -> share.line().key() + share.discount())
                .containsExactly("c1", "a2", "b2");
    }

    /// Orb's worked example: 107.00 and 8 % of it are 115.56.
    @Test
    void taxIsRoundedOncePerCategory() {
        TaxTable eight = new TaxTable(Map.of("standard", new BigDecimal("0.08")));
        Statement sums = Statement.of(
                List.of(
                        new Line("a", 1_000, "standard"),
                        new Line("b", 7_200, "standard"),
                        new Line("c", 2_500, "standard")),
                0,
                eight,
                0);
        assertThat(sums.tax()).isEqualTo(856);
        assertThat(sums.total()).isEqualTo(11_556);
    }

    @Test
    void whatTheLinesOweTheTenantGoesToItsBalance() {
        Statement sums = Statement.of(List.of(new Line("back", -1_000, "standard")), 50, TAXES, 300);
        assertThat(sums)
                .isEqualTo(new Statement(
                        -1_000, 0, -190, -1_190, 0, List.of(new Share(new Line("back", -1_000, "standard"), 0, -190))));
    }

    @Test
    void whatHasNoSenseIsRefused() {
        List<Line> twice = List.of(new Line("a", 1, "none"), new Line("a", 1, "none"));
        assertThatIllegalArgumentException().isThrownBy(() -> Statement.of(twice, 0, Taxes.NONE, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Statement.of(List.of(), -1, Taxes.NONE, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TaxTable(Map.of("a", BigDecimal.ONE.negate())));
        assertThatExceptionOfType(InvalidTermsException.class)
                .isThrownBy(() -> new Creditable(Map.of("a", 5L)).after(Map.of("a", 6L)))
                .withMessageContaining("5 minor units");
    }

    private static List<Line> lines(Random random) {
        List<Line> lines = new ArrayList<>();
        for (int i = random.nextInt(7); i > 0; i--) {
            long amount = random.nextInt(10_000) - (random.nextInt(4) == 0 ? 9_000L : 0L);
            lines.add(new Line("line-" + i, amount, CATEGORIES.get(random.nextInt(CATEGORIES.size()))));
        }
        return lines;
    }
}
