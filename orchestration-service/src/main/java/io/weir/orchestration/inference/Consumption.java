package io.weir.orchestration.inference;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.orchestration.route.Candidate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a call came to.
///
/// @param served the candidate of the attempt that counts
/// @param answered that attempt, one of `attempts`
/// @param attempts all, in order
/// @param billable whether the client's answer began 2xx
/// @param timeToFirstTokenMs null: a plain answer
public record Consumption(
        Candidate served,
        Attempt answered,
        List<Attempt> attempts,
        Outcome outcome,
        boolean billable,
        @Nullable Long timeToFirstTokenMs,
        long bytesOut) {

    public Consumption {
        attempts = List.copyOf(attempts);
    }

    /// The same at no more than the ceiling in all; the excess stays with the attempts that are beyond it.
    Consumption within(Amount ceiling) {
        if (cost().compareTo(ceiling) <= 0) {
            return this;
        }
        List<Attempt> within = new ArrayList<>();
        Amount left = ceiling;
        for (Attempt attempt : attempts) {
            Attempt paid = attempt.within(left);
            within.add(paid);
            left = left.minus(paid.cost());
        }
        Attempt counted = within.stream()
                .filter(attempt -> attempt.n() == answered.n())
                .findFirst()
                .orElse(answered);
        return new Consumption(served, counted, within, outcome, billable, timeToFirstTokenMs, bytesOut);
    }

    /// What the budgets book: the cost, or all that is held while the price of something is not known. Readers of the
    /// ledger that book for a dead process do the same.
    Amount booked(Amount ceiling) {
        return attempts.stream().anyMatch(attempt -> attempt.unpriced() != null) ? ceiling : cost();
    }

    /// Exactly, of all attempts that have a price.
    public Amount cost() {
        return attempts.stream().map(Attempt::cost).reduce(Amount.ZERO, Amount::plus);
    }
}
