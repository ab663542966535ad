package io.weir.orchestration.budget;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weir.money.Amount;
import io.weir.orchestration.budget.lease.BudgetStore.Balance;
import io.weir.orchestration.budget.lease.LeasedHold;
import io.weir.orchestration.budget.lease.Leases;
import io.weir.orchestration.budget.lease.Outcome;
import io.weir.orchestration.budget.lease.Terms;
import io.weir.orchestration.budget.lease.WindowId;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Holds a call's ceiling against all budgets that count it: of the platform, its tenant, key, member and tags, each
/// in its window; against all of them or none. Fails closed: a budget that is not known, or cannot be asked, is a 503,
/// counted in `weir.budget.refused`.
public final class Budgets {

    private static final Logger LOG = LoggerFactory.getLogger(Budgets.class);
    private static final int SHRINKS = 3;
    private static final TenantContext PLATFORM =
            new TenantContext(TenantId.PLATFORM, "enterprise", Placement.POOL, "platform");

    private final BudgetIndex definitions;
    private final Leases leases;
    private final InstantSource clock;
    private final Counter exceeded;
    private final Counter platformExhausted;
    private final Counter unknown;
    private final Counter unavailable;
    private final Counter breached;
    private final Timer recovering;

    Budgets(BudgetIndex definitions, Leases leases, InstantSource clock, MeterRegistry registry) {
        this.definitions = definitions;
        this.leases = leases;
        this.clock = clock;
        this.exceeded = registry.counter("weir.budget.refused", "reason", "exceeded");
        this.platformExhausted = registry.counter("weir.budget.refused", "reason", "platform");
        this.unknown = registry.counter("weir.budget.refused", "reason", "unknown");
        this.unavailable = registry.counter("weir.budget.refused", "reason", "unavailable");
        this.breached = registry.counter("weir.budget.ceiling.breach");
        this.recovering = registry.timer("weir.budget.refused.recovering");
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

    /// A call's holds.
    ///
    /// @param holds one per window; empty: no budget counts the call
    /// @param outputLimit at most what was wanted
    public record Reserved(List<LeasedHold> holds, int outputLimit, Amount ceiling) {

        public Reserved {
            holds = List.copyOf(holds);
        }

        /// Of a call that can cost nothing: no budget was asked.
        public static Reserved nothing(int outputLimit) {
            return new Reserved(List.of(), outputLimit, Amount.ZERO);
        }

        /// Whether a budget may not have been asked yet.
        public boolean isNothing() {
            return holds.isEmpty() && ceiling.isZero();
        }
    }

    /// Debits the budgets, with a smaller output limit where only that fits.
    /// Fails with a 429 that says what is left, or a 503.
    public Mono<Reserved> reserve(Payer payer, String requestId, Ceiling ceiling) {
        TenantSnapshot tenant = payer.tenant();
        // Asked for once: whether the cap is known is decided by what is about to be held, and by nothing else.
        List<BudgetSnapshot> counting = definitions.of(payer.targets());
        String cap = BudgetSnapshot.tenantBudgetId(tenant.tenantId());
        if (tenant.maxMonthlySpend() != null
                && counting.stream().noneMatch(budget -> budget.id().equals(cap))) {
            unknown.increment();
            return Mono.error(new PlatformException(
                    ProblemType.BUDGET_UNKNOWN,
                    "This tenant's spending cap is not known here yet. Try again in a moment."));
        }
        return hold(new Wish(tenant.context(), counting, ceiling, System.nanoTime()));
    }

    private record Wish(TenantContext tenant, List<BudgetSnapshot> budgets, Ceiling ceiling, long since) {}

    private Mono<Reserved> hold(Wish wish) {
        return Mono.defer(() -> {
            HeldSoFar held = new HeldSoFar(leases::release);
            return hold(wish, wish.ceiling.outputLimit(), SHRINKS, 0, held)
                    // Whoever stops waiting further down cancels this as well, although the call runs by then.
                    .filter(reserved -> held.handOn())
                    .doOnError(failed -> held.giveBack())
                    .doOnCancel(held::giveBack);
        });
    }

    private Mono<Reserved> hold(Wish wish, int limit, int shrinks, int index, HeldSoFar held) {
        Amount amount = wish.ceiling.of(limit);
        if (index == wish.budgets.size()) {
            return Mono.just(new Reserved(held.all(), limit, amount));
        }
        BudgetSnapshot budget = wish.budgets.get(index);
        return leases.hold(owner(wish.tenant, budget), window(budget), terms(budget), amount)
                .flatMap(outcome -> {
                    if (outcome instanceof Outcome.Held one) {
                        return held.add(one.hold()) ? hold(wish, limit, shrinks, index + 1, held) : Mono.empty();
                    }
                    held.startAnew();
                    return instead(wish, budget, amount, outcome, shrinks, held);
                });
    }

    private Mono<Reserved> instead(
            Wish wish, BudgetSnapshot budget, Amount amount, Outcome outcome, int shrinks, HeldSoFar held) {
        return switch (outcome) {
            case Outcome.Held one -> Mono.error(new IllegalStateException("held"));
            case Outcome.OverLimit(Balance balance) -> {
                int smaller = shrinks == 0 ? 0 : wish.ceiling.largestWithin(balance.available());
                yield smaller < 1
                        ? Mono.error(refused(budget, amount, balance))
                        : hold(wish, smaller, shrinks - 1, 0, held);
            }
            case Outcome.Recovering(Balance balance) -> {
                int smaller = shrinks == 0 ? 0 : wish.ceiling.largestWithin(balance.available());
                yield smaller < 1 ? Mono.error(recovering(wish.since)) : hold(wish, smaller, shrinks - 1, 0, held);
            }
            case Outcome.Failed(Throwable why) -> Mono.error(notAsked(why));
        };
    }

    private static TenantContext owner(TenantContext caller, BudgetSnapshot budget) {
        return budget.tenantId().equals(caller.id()) ? caller : PLATFORM;
    }

    private WindowId window(BudgetSnapshot budget) {
        return new WindowId(budget.tenantId(), budget.id(), around(budget).key());
    }

    private Terms terms(BudgetSnapshot budget) {
        BudgetWindow window = around(budget);
        return new Terms(budget.limit(), budget.version(), window.start(), window.end());
    }

    private BudgetWindow around(BudgetSnapshot budget) {
        return BudgetWindow.around(clock.instant(), budget.window(), ZoneId.of(budget.timeZone()));
    }

    /// Raises a call's holds where another attempt may cost more: holds the difference, for a smaller output limit
    /// where
    /// only that fits. What is held is never lowered. Fails as [#reserve]; then what was held before stays held.
    public Mono<Reserved> extend(Reserved reserved, Ceiling ceiling) {
        return extend(reserved, ceiling, ceiling.outputLimit(), SHRINKS, System.nanoTime());
    }

    private Mono<Reserved> extend(Reserved reserved, Ceiling ceiling, int limit, int shrinks, long since) {
        Amount wanted = ceiling.of(limit);
        if (wanted.compareTo(reserved.ceiling()) <= 0) {
            return Mono.just(new Reserved(reserved.holds(), limit, reserved.ceiling()));
        }
        return raise(new Raise(reserved, ceiling, limit, wanted, shrinks, since), 0);
    }

    private record Raise(Reserved reserved, Ceiling ceiling, int limit, Amount wanted, int shrinks, long since) {}

    private Mono<Reserved> raise(Raise raise, int index) {
        List<LeasedHold> holds = raise.reserved.holds();
        if (index == holds.size()) {
            return Mono.just(new Reserved(holds, raise.limit, raise.wanted));
        }
        return leases.raiseTo(holds.get(index), raise.wanted).flatMap(outcome -> switch (outcome) {
            case Outcome.Held held -> raise(raise, index + 1);
            case Outcome.OverLimit(Balance balance) ->
                lower(raise, balance)
                        .switchIfEmpty(Mono.error(() -> refused(holds.get(index).window(), raise.wanted, balance)));
            case Outcome.Recovering(Balance balance) ->
                lower(raise, balance).switchIfEmpty(Mono.error(() -> recovering(raise.since)));
            case Outcome.Failed(Throwable why) -> Mono.error(notAsked(why));
        });
    }

    // What the call holds itself is room for it.
    private Mono<Reserved> lower(Raise raise, Balance balance) {
        Amount room = balance.available().plus(raise.reserved.ceiling());
        int smaller = raise.shrinks == 0 ? 0 : raise.ceiling.largestWithin(room);
        return smaller < 1
                ? Mono.empty()
                : extend(raise.reserved, raise.ceiling, smaller, raise.shrinks - 1, raise.since);
    }

    /// Completes where what is held is held for certain: to be asked once the ledger has the hold, before anything is
    /// sent. Fails with a 503 where somebody else may already have recovered it.
    public Mono<Void> confirm(Reserved reserved) {
        return Mono.defer(() -> reserved.holds().stream().allMatch(leases::isGood)
                ? Mono.empty()
                : Mono.error(notAsked(new IllegalStateException("a lease ran out"))));
    }

    private PlatformException notAsked(Throwable why) {
        unavailable.increment();
        return why instanceof PlatformException problem
                ? problem
                : new PlatformException(
                        ProblemType.SERVICE_UNAVAILABLE,
                        "The budget cannot be debited at present. Try again in a moment.",
                        why);
    }

    private PlatformException recovering(long since) {
        recovering.record(System.nanoTime() - since, TimeUnit.NANOSECONDS);
        return new PlatformException(
                ProblemType.BUDGET_RECOVERING,
                "This call fits the budget only with what another instance still has of it. Try again in a moment.");
    }

    // The platform's numbers are nobody's business but its own, and no administrator of a tenant can raise them.
    private PlatformException refused(BudgetSnapshot budget, Amount ceiling, Balance balance) {
        if (budget.scope() == BudgetSnapshot.Scope.PLATFORM) {
            return platformExhausted();
        }
        Instant end = around(budget).end();
        String until = end == null ? "" : " It starts anew at " + end.truncatedTo(ChronoUnit.SECONDS) + ".";
        return refused(name(budget), ceiling, balance, until);
    }

    private PlatformException refused(WindowId window, Amount ceiling, Balance balance) {
        return definitions
                .find(window.budgetId())
                .map(budget -> refused(budget, ceiling, balance))
                .orElseGet(() -> window.owner().equals(TenantId.PLATFORM)
                        ? platformExhausted()
                        : refused("the budget", ceiling, balance, ""));
    }

    private PlatformException platformExhausted() {
        platformExhausted.increment();
        return new PlatformException(
                ProblemType.PLATFORM_BUDGET_EXHAUSTED,
                "This platform takes no call of this size at present. Your own budget is not the reason."
                        + " Send less or ask for less output (max_tokens), or ask the platform's operator.");
    }

    private PlatformException refused(String name, Amount ceiling, Balance balance, String until) {
        exceeded.increment();
        return new PlatformException(
                ProblemType.BUDGET_EXCEEDED,
                "This call may cost up to $" + ceiling + ", and of " + name + " of $" + balance.limit() + " only $"
                        + balance.available() + " is left." + until
                        + " Send less or ask for less output (max_tokens), or ask your administrator for a higher limit.");
    }

    private static String name(BudgetSnapshot budget) {
        BudgetSnapshot.Scope scope = budget.scope();
        if (scope == null || scope == BudgetSnapshot.Scope.TENANT) {
            return "the budget";
        }
        String subject = budget.subject();
        return "the " + scope.wireName() + (subject == null ? "" : " " + subject) + "'s budget";
    }

    /// Books what the call cost. Completes when that is seen by all that rely on it; runs on when cancelled.
    public Mono<Void> settle(Reserved reserved, Amount actual) {
        if (!reserved.holds().isEmpty() && actual.compareTo(reserved.ceiling()) > 0) {
            breached.increment();
            LOG.error(
                    "A call cost {} although at most {} was held; the excess is the platform's",
                    actual,
                    reserved.ceiling());
        }
        return Mono.when(reserved.holds().stream()
                .map(hold -> leases.settle(hold, actual))
                .toList());
    }

    /// Gives the holds back. Completes as [#settle]; runs on when cancelled.
    public Mono<Void> release(Reserved reserved) {
        return Mono.when(reserved.holds().stream().map(leases::release).toList());
    }
}
