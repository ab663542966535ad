package io.weir.local.demo;

import java.math.BigDecimal;

/// One figure in two books.
record Comparison(String customer, String what, Figure one, Figure other) {

    /// @param shown as people read it
    record Figure(String book, BigDecimal value, String shown) {}

    /// Never negative.
    BigDecimal difference() {
        return one.value().subtract(other.value()).abs();
    }
}
