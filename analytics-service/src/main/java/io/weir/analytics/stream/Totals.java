package io.weir.analytics.stream;

import io.weir.analytics.metering.Outcome;
import io.weir.money.Amount;

/// Sums over requests.
///
/// @param requests settled ones
/// @param cost US dollars, exact
record Totals(long requests, Amount cost, Amount savings) {

    static final Totals NONE = new Totals(0, Amount.ZERO, Amount.ZERO);

    static Totals of(Outcome outcome) {
        return new Totals(outcome.kind() == Outcome.Kind.SETTLED ? 1 : 0, outcome.cost(), outcome.savings());
    }

    Totals plus(Totals other) {
        return new Totals(requests + other.requests, cost.plus(other.cost), savings.plus(other.savings));
    }
}
