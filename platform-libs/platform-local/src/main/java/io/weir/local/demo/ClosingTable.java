package io.weir.local.demo;

import java.math.BigDecimal;
import java.util.List;

/// The end of the story: every figure in two books.
final class ClosingTable {

    private static final Columns COLUMNS = new Columns("%-16s %-17s %-11s %12s   %-11s %12s %11s");

    private final Screen screen;

    ClosingTable(Screen screen) {
        this.screen = screen;
    }

    void show(List<Comparison> comparisons, BigDecimal difference) {
        screen.section("Does it add up? Each figure, in two books that are kept apart");
        screen.aside(COLUMNS.row("", "", "one book", "", "the other", "", "difference"));
        String customer = "";
        for (Comparison one : comparisons) {
            if (!one.customer().equals(customer)) {
                screen.line("");
            }
            screen.row(COLUMNS.row(
                    one.customer().equals(customer) ? "" : one.customer(),
                    one.what(),
                    one.one().book(),
                    one.one().shown(),
                    one.other().book(),
                    one.other().shown(),
                    one.difference().signum() == 0 ? "0" : one.difference().toPlainString()));
            customer = one.customer();
        }
        screen.line("");
        if (difference.signum() == 0) {
            screen.good("Every book says the same. Difference: 0");
        } else {
            screen.bad("The books differ by " + difference.toPlainString() + " in all.");
        }
    }
}
