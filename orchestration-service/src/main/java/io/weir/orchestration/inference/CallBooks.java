package io.weir.orchestration.inference;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.budget.Hold;
import io.weir.orchestration.ledger.UsageLedger;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.OutputCeiling;
import io.weir.orchestration.route.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Books a call in the tenant's budget and in the usage ledger: held before it runs and again before each
/// fallback, then settled or released, once.
public final class CallBooks {

    private static final Logger LOG = LoggerFactory.getLogger(CallBooks.class);

    // The budget's row usually follows within milliseconds; an answer does not wait long for it, since what it still
    // holds is more than what it will book.
    private static final Duration BUDGET_PATIENCE = Duration.ofSeconds(1);

    private final Budgets budgets;
    private final UsageLedger ledger;
    private final Lessons lessons;
    private final InstantSource clock;
    private final Duration holdTtl;

    CallBooks(Budgets budgets, UsageLedger ledger, Lessons lessons, InstantSource clock, Duration holdTtl) {
        this.budgets = budgets;
        this.ledger = ledger;
        this.lessons = lessons;
        this.clock = clock;
        this.holdTtl = holdTtl;
    }

    /// Debits the budget, then waits for the ledger to have the hold. Leaves nothing behind when it fails.
    Mono<Reserved> hold(BookedCall call, Candidate candidate) {
        return budgets.reserve(call.tenant(), call.requestId(), candidate.ceiling())
                .flatMap(reserved -> ledger.append(held(call, candidate, reserved, null), clock.instant(), call.trace())
                        .doOnError(unavailable -> budgets.release(reserved))
                        .thenReturn(reserved));
    }

    /// Holds what a further attempt may cost beyond what is held, then waits for the ledger to have that. When
    /// it fails, the call is still held, and must be settled or released.
    ///
    /// @param fallback how many routes were held before this one
    Mono<Reserved> extend(BookedCall call, Candidate candidate, OutputCeiling ceiling, Reserved before, int fallback) {
        return budgets.extend(before, ceiling)
                .flatMap(reserved -> ledger.append(
                                held(call, candidate, reserved, fallback), clock.instant(), call.trace())
                        .thenReturn(reserved));
    }

    private Held held(BookedCall call, Candidate candidate, Reserved reserved, @Nullable Integer fallback) {
        Route route = candidate.route();
        Instant now = clock.instant();
        return new Held(
                call.requestId(),
                call.tenant().tenantId(),
                call.keyId(),
                call.requestedModel(),
                route.provider().name(),
                route.model().model(),
                reserved.ceiling(),
                now.plus(holdTtl),
                reserved.hold().map(Hold::budgetId).orElse(null),
                reserved.hold().map(Hold::windowStart).orElse(null),
                fallback,
                null,
                null);
    }

    /// Nothing was consumed. Completes when that is durable.
    Mono<Void> release(BookedCall call, Reserved reserved, String reason) {
        Released released = new Released(call.requestId(), call.tenant().tenantId(), call.keyId(), reason);
        return booked(budgets.release(reserved), ledger.append(released, clock.instant(), call.trace()))
                .doOnSuccess(done -> log(call, "released (" + reason + ")", Amount.ZERO));
    }

    /// What it cost, exactly, once that is durable. Fails with a 503 when the ledger does not answer in time; the
    /// budget is settled all the same.
    public Mono<Amount> settle(BookedCall call, Reserved reserved, Consumption consumption) {
        Settled settled = settled(call, consumption);
        if (call instanceof Call chat) {
            lessons.learn(chat, reserved, consumption);
        }
        return booked(budgets.settle(reserved, settled.cost()), ledger.append(settled, clock.instant(), call.trace()))
                .doOnSuccess(done -> log(
                        call,
                        consumption.answered().model() + " "
                                + consumption.outcome().wireName(),
                        settled.cost()))
                .thenReturn(settled.cost());
    }

    private static Mono<Void> booked(Mono<Void> budget, Mono<Void> ledger) {
        return Mono.when(ledger, budget.timeout(BUDGET_PATIENCE).onErrorComplete());
    }

    private static Settled settled(BookedCall call, Consumption consumption) {
        Route route = consumption.served().route();
        Savings savings = Savings.of(call.plan(), consumption);
        return new Settled(
                call.requestId(),
                call.tenant().tenantId(),
                call.keyId(),
                call.requestedModel(),
                route.provider().name(),
                route.model().model(),
                consumption.attempts(),
                consumption.cost(),
                savings.baselineModel(),
                savings.baselineCost(),
                savings.lines(),
                consumption.outcome(),
                call.streams(),
                consumption.billable(),
                call.elapsedMillis(),
                consumption.timeToFirstTokenMs(),
                "none",
                route.reason(),
                call.bytesIn(),
                consumption.bytesOut());
    }

    private static void log(BookedCall call, String end, Amount cost) {
        if (call.isSampled()) {
            LOG.info(
                    "Call {} of {} for {}: {} after {} ms, ${}",
                    call.requestId(),
                    call.tenant().slug(),
                    call.requestedModel(),
                    end,
                    call.elapsedMillis(),
                    cost);
        }
    }
}
