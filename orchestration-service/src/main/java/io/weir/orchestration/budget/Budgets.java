package io.weir.orchestration.budget;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.money.Amount;
import io.weir.orchestration.budget.BudgetLedger.Balance;
import io.weir.orchestration.budget.BudgetLedger.Debit;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.SnapshotTable;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// Holds a call's ceiling against its tenant's budget. Fails closed: a budget that is not known, or cannot be debited,
/// is a 503, counted in `weir.budget.refused`.
public final class Budgets {

    private static final Duration DEBIT_LIMIT = Duration.ofSeconds(3);
    private static final int SHRINKS = 3;

    private final SnapshotTable<BudgetSnapshot> definitions;
    private final BudgetLedger ledger;
    private final BudgetResolution resolution;
    private final InstantSource clock;
    private final Counter exceeded;
    private final Counter unknown;
    private final Counter unavailable;

    public Budgets(
            SnapshotTable<BudgetSnapshot> definitions,
            BudgetLedger ledger,
            BudgetResolution resolution,
            InstantSource clock,
            MeterRegistry registry) {
        this.definitions = definitions;
        this.ledger = ledger;
        this.resolution = resolution;
        this.clock = clock;
        this.exceeded = registry.counter("weir.budget.refused", "reason", "exceeded");
        this.unknown = registry.counter("weir.budget.refused", "reason", "unknown");
        this.unavailable = registry.counter("weir.budget.refused", "reason", "unavailable");
    }

    /// What a call may cost at most, by its output limit.
    public interface Ceiling {

        /// The limit wanted.
        int outputLimit();

        /// The ceiling of a smaller or equal limit.
        Amount of(int outputLimit);

        /// The largest limit whose ceiling is at most this amount; 0: none, or the limit is the client's own.
        int largestWithin(Amount available);
    }

    /// A call's hold.
    ///
    /// @param hold empty: the tenant has no budget
    /// @param outputLimit at most what was wanted
    public record Reserved(Optional<Hold> hold, int outputLimit, Amount ceiling) {}

    /// Debits the budget, with a smaller output limit where only that fits.
    /// Fails with a 429 that says what is left, or a 503.
    public Mono<Reserved> reserve(TenantSnapshot tenant, String requestId, Ceiling ceiling) {
        BudgetSnapshot definition = definitions
                .find(BudgetSnapshot.tenantBudgetId(tenant.tenantId()))
                .orElse(null);
        int limit = ceiling.outputLimit();
        if (definition != null) {
            return debit(hold(tenant, requestId, definition, ceiling.of(limit)), definition, ceiling, limit, SHRINKS);
        }
        if (tenant.maxMonthlySpend() == null) {
            return Mono.just(new Reserved(Optional.empty(), limit, ceiling.of(limit)));
        }
        unknown.increment();
        return Mono.error(new PlatformException(
                ProblemType.BUDGET_UNKNOWN,
                "This tenant's spending cap is not known here yet. Try again in a moment."));
    }

    private Hold hold(TenantSnapshot tenant, String requestId, BudgetSnapshot definition, Amount ceiling) {
        Instant key = window(definition).key();
        return new Hold(
                tenant.context(), requestId, definition.id(), key, definition.limit(), definition.version(), ceiling);
    }

    private BudgetWindow window(BudgetSnapshot definition) {
        return BudgetWindow.around(clock.instant(), definition.window(), ZoneId.of(definition.timeZone()));
    }

    private Mono<Reserved> debit(Hold hold, BudgetSnapshot definition, Ceiling ceiling, int limit, int shrinks) {
        return ledger.hold(hold)
                .timeout(DEBIT_LIMIT)
                .onErrorMap(failure -> notDebited(hold, failure))
                .flatMap(debit -> switch (debit) {
                    case Debit.Held held -> Mono.just(new Reserved(Optional.of(hold), limit, hold.ceiling()));
                    case Debit.Repeated repeated ->
                        Mono.error(new PlatformException(
                                ProblemType.CONFLICT, "This request id was used before. Send the request anew."));
                    case Debit.OverLimit(Balance balance) -> shrink(hold, definition, ceiling, balance, shrinks);
                });
    }

    // Whether the debit arrived is not known, so it is taken back in any case.
    private PlatformException notDebited(Hold hold, Throwable failure) {
        unavailable.increment();
        resolution.release(hold);
        return failure instanceof PlatformException problem
                ? problem
                : new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "The budget cannot be debited at present. Try again in a moment.",
                        failure);
    }

    private Mono<Reserved> shrink(Hold hold, BudgetSnapshot definition, Ceiling ceiling, Balance balance, int shrinks) {
        int smaller = shrinks == 0 ? 0 : ceiling.largestWithin(balance.available());
        if (smaller < 1) {
            exceeded.increment();
            return Mono.error(exceeded(hold, definition, balance));
        }
        return debit(hold.withCeiling(ceiling.of(smaller)), definition, ceiling, smaller, shrinks - 1);
    }

    /// Raises a call's hold where another attempt may cost more: holds the difference, for a smaller output limit where
    /// only that fits. What is held is never lowered. Fails as [#reserve]; then what was held before stays held.
    public Mono<Reserved> extend(Reserved reserved, Ceiling ceiling) {
        int limit = ceiling.outputLimit();
        Amount wanted = ceiling.of(limit);
        Hold held = reserved.hold().orElse(null);
        if (held == null || wanted.compareTo(reserved.ceiling()) <= 0) {
            Amount ceilings = wanted.compareTo(reserved.ceiling()) > 0 ? wanted : reserved.ceiling();
            return Mono.just(new Reserved(reserved.hold(), limit, ceilings));
        }
        return definitions
                .find(held.budgetId())
                .map(definition -> raise(held.raisedTo(wanted, definition), held, definition, ceiling, limit, SHRINKS))
                .orElseGet(() -> Mono.error(new PlatformException(
                        ProblemType.BUDGET_UNKNOWN,
                        "This tenant's spending cap is not known here any more. Try again in a moment.")));
    }

    private Mono<Reserved> raise(
            Hold wanted, Hold held, BudgetSnapshot definition, Ceiling ceiling, int limit, int shrinks) {
        return ledger.extend(wanted)
                .timeout(DEBIT_LIMIT)
                .onErrorMap(this::notRaised)
                .flatMap(debit -> switch (debit) {
                    case Debit.Held raised -> Mono.just(new Reserved(Optional.of(wanted), limit, wanted.ceiling()));
                    case Debit.Repeated gone ->
                        Mono.error(notRaised(new IllegalStateException("no open hold: " + wanted.requestId())));
                    case Debit.OverLimit(Balance balance) ->
                        lower(wanted, held, definition, ceiling, balance.without(held.ceiling()), shrinks);
                });
    }

    private Mono<Reserved> lower(
            Hold wanted, Hold held, BudgetSnapshot definition, Ceiling ceiling, Balance others, int shrinks) {
        int smaller = shrinks == 0 ? 0 : ceiling.largestWithin(others.available());
        if (smaller < 1) {
            exceeded.increment();
            return Mono.error(exceeded(wanted, definition, others));
        }
        Amount lower = ceiling.of(smaller);
        return lower.compareTo(held.ceiling()) <= 0
                ? Mono.just(new Reserved(Optional.of(held), smaller, held.ceiling()))
                : raise(wanted.withCeiling(lower), held, definition, ceiling, smaller, shrinks - 1);
    }

    // Whether it was raised is not known; to resolve it says what it is then.
    private PlatformException notRaised(Throwable failure) {
        unavailable.increment();
        return failure instanceof PlatformException problem
                ? problem
                : new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "The budget cannot be debited at present. Try again in a moment.",
                        failure);
    }

    private PlatformException exceeded(Hold hold, BudgetSnapshot definition, Balance balance) {
        Instant end = window(definition).end();
        String until = end == null ? "" : " It starts anew at " + end.truncatedTo(ChronoUnit.SECONDS) + ".";
        return new PlatformException(
                ProblemType.BUDGET_EXCEEDED,
                "This call may cost up to $" + hold.ceiling() + ", and of the budget of $" + balance.limit() + " only $"
                        + balance.available() + " is left." + until
                        + " Send less or ask for less output (max_tokens), or ask your administrator for a higher limit.");
    }

    /// Books what the call cost. Completes when booked; runs on when cancelled.
    public Mono<Void> settle(Reserved reserved, Amount actual) {
        return reserved.hold().map(hold -> resolution.settle(hold, actual)).orElse(Mono.empty());
    }

    /// Gives the hold back. Completes when done; runs on when cancelled.
    public Mono<Void> release(Reserved reserved) {
        return reserved.hold().map(resolution::release).orElse(Mono.empty());
    }
}
