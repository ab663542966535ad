package io.weir.orchestration.budget;

import io.weir.money.Amount;
import io.weir.tenancy.TenantContext;
import reactor.core.publisher.Mono;

/// The live numbers of budgets. Each request id is held once and resolved once; repetitions change nothing.
/// Settled plus held never exceeds the limit, whoever else debits the same window.
public interface BudgetLedger {

    /// Debits the window by the ceiling if that fits.
    Mono<Debit> hold(Hold hold);

    /// Raises the ceiling of a hold that is open to that of `hold`, debiting the difference if that fits. Never lowers
    /// it. Gives [Debit.Repeated] where there is no open hold.
    Mono<Debit> extend(Hold hold);

    /// Replaces the held ceiling by what was spent; the part of `actual` beyond the ceiling is not booked.
    /// Gives the amount booked; empty when the request was resolved before, or never held.
    Mono<Amount> settle(TenantContext tenant, String requestId, Amount actual);

    /// Gives the ceiling back. A hold of this request that has not arrived yet will find it taken.
    Mono<Void> release(Hold hold);

    /// What a window says now; empty where nothing was debited yet.
    Mono<Balance> balance(Hold hold);

    /// What became of a debit.
    sealed interface Debit {

        record Held() implements Debit {}

        /// It would not fit.
        record OverLimit(Balance balance) implements Debit {}

        /// The request id was held before; or, to be extended, is not held any more.
        record Repeated() implements Debit {}
    }

    /// A window's numbers.
    ///
    /// @param limit in force
    record Balance(Amount limit, Amount settled, Amount held) {

        /// As if that much of what is held were not.
        Balance without(Amount own) {
            return new Balance(limit, settled, held.minus(own));
        }

        /// Never negative, also when the limit was lowered below what is spent.
        public Amount available() {
            Amount left = limit.minus(settled).minus(held);
            return left.isNegative() ? Amount.ZERO : left;
        }
    }
}
