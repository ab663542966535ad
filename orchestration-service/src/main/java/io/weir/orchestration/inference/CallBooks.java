package io.weir.orchestration.inference;

import io.weir.ledger.UsageEvent.Debit;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.budget.Budgets;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.budget.lease.LeasedHold;
import io.weir.orchestration.decision.DecisionLog;
import io.weir.orchestration.decision.Explained;
import io.weir.orchestration.ledger.RecoveredCall;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.OutputCeiling;
import io.weir.orchestration.route.Route;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Books a call in the tenant's budget and in the usage ledger: held before it runs and again before each
/// fallback, then settled or released, once.
public final class CallBooks {

    private static final Logger LOG = LoggerFactory.getLogger(CallBooks.class);

    private final Budgets budgets;
    private final HeldCalls ledger;
    private final Lessons lessons;
    private final CallMeters meters;
    private final EstimateAccuracy accuracy;
    private final DecisionLog decisions;

    CallBooks(
            Budgets budgets,
            HeldCalls ledger,
            Lessons lessons,
            CallMeters meters,
            EstimateAccuracy accuracy,
            DecisionLog decisions) {
        this.budgets = budgets;
        this.ledger = ledger;
        this.lessons = lessons;
        this.meters = meters;
        this.accuracy = accuracy;
        this.decisions = decisions;
    }

    /// Debits the budget, then waits for the ledger to have the hold. Leaves nothing behind when it fails.
    Mono<Reserved> hold(BookedCall call, Candidate candidate) {
        return reserved(call, candidate, candidate.ceiling())
                .flatMap(reserved -> inLedger(call, candidate, reserved, null)
                        .doOnError(unavailable -> budgets.release(reserved).subscribe())
                        .then(Mono.defer(() -> confirmed(call, reserved)))
                        .thenReturn(reserved))
                .doOnNext(held -> CallWitness.of(call.context()).held());
    }

    // What goes out on the tenant's own account costs nothing here, so that no budget stands against it.
    private Mono<Reserved> reserved(BookedCall call, Candidate candidate, OutputCeiling ceiling) {
        return candidate.route().provider().account().isTenants()
                ? Mono.just(Reserved.nothing(ceiling.outputLimit()))
                : budgets.reserve(call.payer(), call.requestId(), ceiling);
    }

    private Mono<Void> inLedger(BookedCall call, Candidate candidate, Reserved reserved, @Nullable Integer fallback) {
        return Mono.defer(() -> {
            Held held = held(call, candidate, reserved, fallback);
            return ledger.hold(held, () -> settleLeft(call, reserved, held), call.trace());
        });
    }

    private Mono<Void> confirmed(BookedCall call, Reserved reserved) {
        return budgets.confirm(reserved)
                .onErrorResume(lost ->
                        release(call, reserved, "budget_lost").onErrorComplete().then(Mono.error(lost)));
    }

    /// Holds what a further attempt may cost beyond what is held, then waits for the ledger to have that. When
    /// it fails, the call is still held, and must be settled or released.
    ///
    /// @param fallback how many routes were held before this one
    Mono<Reserved> extend(BookedCall call, Candidate candidate, OutputCeiling ceiling, Reserved before, int fallback) {
        boolean first = before.isNothing();
        Mono<Reserved> more = first ? reserved(call, candidate, ceiling) : budgets.extend(before, ceiling);
        return more.flatMap(reserved -> inLedger(call, candidate, reserved, fallback)
                .then(Mono.defer(() -> budgets.confirm(reserved)))
                // What was held before has no part in it, so that nobody else gives it back.
                .doOnError(unavailable -> {
                    if (first) {
                        budgets.release(reserved).subscribe();
                    }
                })
                .thenReturn(reserved));
    }

    private Held held(BookedCall call, Candidate candidate, Reserved reserved, @Nullable Integer fallback) {
        Route route = candidate.route();
        List<Debit> debits = reserved.holds().stream().map(CallBooks::debit).toList();
        Debit first = debits.isEmpty() ? null : debits.getFirst();
        return new Held(
                call.requestId(),
                call.tenant().tenantId(),
                call.keyId(),
                call.requestedModel(),
                route.provider().name(),
                route.model().model(),
                reserved.ceiling(),
                ledger.expiry(),
                first == null ? null : first.budgetId(),
                first == null ? null : first.windowStart(),
                fallback,
                null,
                null,
                debits.isEmpty() ? null : debits,
                tags(call));
    }

    private static Debit debit(LeasedHold hold) {
        return new Debit(
                hold.window().budgetId(), hold.window().start(), hold.leaseId().toString());
    }

    /// Nothing was consumed. Completes when that is durable.
    Mono<Void> release(BookedCall call, Reserved reserved, String reason) {
        CallWitness.of(call.context()).released();
        if (call.plan().decision().isChoice()) {
            decisions.note(call.tenant(), Explained.released(call.requestId(), call.keyId(), call.plan(), reason));
        }
        Released released = new Released(call.requestId(), call.tenant().tenantId(), call.keyId(), reason);
        return booked(reserved, Amount.ZERO, ledger.resolve(released, call.trace()))
                .doOnSuccess(done -> log(call, "released (" + reason + ")", Amount.ZERO));
    }

    /// What it cost, exactly, once that is durable. Fails with a 503 when the ledger does not answer in time; the
    /// budget is settled when it is known what became of the event.
    public Mono<Amount> settle(BookedCall call, Reserved reserved, Consumption consumption) {
        return Mono.defer(() -> {
            CallWitness.of(call.context()).settled(consumption.outcome());
            Settled settled = settled(call, consumption.within(reserved.ceiling()));
            Amount debit = consumption.booked(reserved.ceiling());
            return booked(reserved, debit, ledger.resolve(settled, call.trace()))
                    .doOnSuccess(done -> settled(call, reserved, consumption, settled))
                    .thenReturn(settled.cost());
        });
    }

    /// Books a call that nobody was asked for, and that held nothing. Completes when that is durable.
    Mono<Void> settleGiven(BookedCall call, Settled settled) {
        return ledger.resolve(settled, call.trace())
                .doOnSuccess(done -> log(call, settled.servedModel() + " from the cache", Amount.ZERO));
    }

    private void settled(BookedCall call, Reserved reserved, Consumption consumption, Settled settled) {
        log(call, consumption.answered().model() + " " + consumption.outcome().wireName(), settled.cost());
        meters.settled(call.tenant().plan(), settled);
        AnswerTap.of(call).settled(settled, consumption);
        accuracy.observe(call.plan(), consumption);
        if (call.plan().decision().isChoice()) {
            decisions.note(call.tenant(), Explained.settled(call.keyId(), call.plan(), settled));
        }
        if (call instanceof Call chat) {
            lessons.learn(chat, reserved, consumption);
        }
    }

    /// To be told when nothing more will be booked for the call: should it still hold something, which only a defect
    /// can leave behind, that is settled at the ceiling.
    void ended(BookedCall call) {
        ledger.ended(call.requestId());
    }

    private void settleLeft(BookedCall call, Reserved reserved, Held held) {
        Instant now = ledger.now();
        Settled settled = RecoveredCall.of(held, now.minusMillis(call.elapsedMillis()), now);
        booked(reserved, reserved.ceiling(), ledger.resolve(settled, call.trace()))
                .subscribe(
                        done -> {},
                        unsure -> LOG.debug("Not yet", unsure),
                        () -> CallLog.of(
                                call,
                                () -> LOG.error(
                                        "Request {} is settled at its ceiling of ${}, for review",
                                        call.requestId(),
                                        reserved.ceiling())));
    }

    /// Who is to be asked what a held call has cost so far, and told when its hold has expired.
    void watch(BookedCall call, RunningCall running) {
        ledger.watch(call.requestId(), running);
    }

    private Mono<Void> booked(Reserved reserved, Amount debit, Mono<Void> ledger) {
        return Booking.of(ledger, amount -> budgets.settle(reserved, amount), debit, reserved.ceiling());
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
                consumption.bytesOut(),
                tags(call));
    }

    static @Nullable Map<String, String> tags(BookedCall call) {
        Map<String, String> tags = call.payer().tags().values();
        return tags.isEmpty() ? null : tags;
    }

    private static void log(BookedCall call, String end, Amount cost) {
        if (call.isSampled()) {
            CallLog.of(
                    call,
                    () -> LOG.info(
                            "Call {} of {} for {}: {} after {} ms, ${}",
                            call.requestId(),
                            call.tenant().slug(),
                            call.requestedModel(),
                            end,
                            call.elapsedMillis(),
                            cost));
        }
    }
}
