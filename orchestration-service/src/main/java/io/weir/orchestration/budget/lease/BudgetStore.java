package io.weir.orchestration.budget.lease;

import io.weir.money.Amount;
import io.weir.tenancy.TenantContext;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// The authority over budgets: one row per window. Settled plus leased never exceeds the limit in force at a grant,
/// whoever else takes leases of the same window.
public interface BudgetStore {

    /// One step of one lease; atomic. It sets, never increments: repeating it changes nothing, and what it granted
    /// without its answer being heard is given back by the next.
    Mono<Answer> sync(Order order);

    /// What a window says now; empty where nothing was taken of it yet.
    Mono<Balance> balance(TenantContext owner, WindowId window);

    /// What windows of one owner say now, in one question; without those of which nothing was taken yet.
    Mono<Map<WindowId, Balance>> balances(TenantContext owner, Collection<WindowId> windows);

    /// What one lease says of itself, and asks for.
    ///
    /// @param owner of the window's rows
    /// @param settled in all, since the lease began
    /// @param keep what it needs besides; never more than it has
    /// @param held what open calls hold of that
    /// @param tight whether calls hold all of it
    /// @param close whether it ends as soon as it keeps nothing
    /// @param needs ceilings of calls that wait, in their order
    /// @param chunk whether it takes more than it needs
    /// @param elapsed part of the window that has passed, from 0 to 1; null: it never ends
    /// @param since when the lease began; null: it may have ended by an order whose answer got lost
    record Order(
            TenantContext owner,
            WindowId window,
            Terms terms,
            UUID lease,
            UUID holder,
            Amount settled,
            Amount keep,
            Amount held,
            boolean tight,
            boolean close,
            List<Amount> needs,
            boolean chunk,
            @Nullable Double elapsed,
            @Nullable Instant since) {

        public Order {
            needs = List.copyOf(needs);
        }
    }

    /// What became of it.
    ///
    /// @param known false: the lease is not any more, since somebody recovered it; nothing was done
    /// @param healed the store had lost what it had answered before; what the order says is in force
    /// @param fits for each need
    /// @param extra granted beyond the needs
    /// @param loose what others have, of which they may give back some
    /// @param doubtful what others have who may be dead
    record Answer(
            boolean known,
            boolean healed,
            List<Fit> fits,
            Amount extra,
            Balance balance,
            Amount loose,
            Amount doubtful) {

        public Answer {
            fits = List.copyOf(fits);
        }
    }

    /// Whether a need was granted.
    enum Fit {
        GRANTED,
        /// Not now; what others give back may change that.
        NOT_NOW,
        /// There is no room for it, whatever others give back.
        NEVER
    }

    /// A window's numbers.
    ///
    /// @param limit in force
    /// @param held by calls; where leases are counted as a whole, by those
    record Balance(Amount limit, Amount settled, Amount held) {

        /// Never negative, also when the limit was lowered below what is spent.
        public Amount available() {
            Amount left = limit.minus(settled).minus(held);
            return left.isNegative() ? Amount.ZERO : left;
        }

        /// As if that much of what is held were not.
        public Balance without(Amount own) {
            return new Balance(limit, settled, held.minus(own));
        }
    }
}
