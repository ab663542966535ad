package io.weir.orchestration.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.orchestration.budget.Budgets;
import io.weir.orchestration.budget.Budgets.Reserved;
import io.weir.orchestration.budget.Hold;
import io.weir.orchestration.ledger.UsageLedger;
import io.weir.orchestration.provider.FailedAttempt;
import io.weir.orchestration.route.Route;
import io.weir.pricing.PriceList.Line;
import io.weir.pricing.PriceList.Priced;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Books a call in the tenant's budget and in the usage ledger: held before it runs, then settled or released, once.
final class CallBooks {

    private static final Logger LOG = LoggerFactory.getLogger(CallBooks.class);

    // The budget's row usually follows within milliseconds; an answer does not wait long for it, since what it still
    // holds is more than what it will book.
    private static final Duration BUDGET_PATIENCE = Duration.ofSeconds(1);

    private final Budgets budgets;
    private final UsageLedger ledger;
    private final InstantSource clock;
    private final Duration holdTtl;
    private final Counter unpriced;

    CallBooks(Budgets budgets, UsageLedger ledger, InstantSource clock, Duration holdTtl, MeterRegistry registry) {
        this.budgets = budgets;
        this.ledger = ledger;
        this.clock = clock;
        this.holdTtl = holdTtl;
        this.unpriced = registry.counter("weir.usage.unpriced");
    }

    /// Debits the budget, then waits for the ledger to have the hold. Leaves nothing behind when it fails.
    Mono<Reserved> hold(Call call) {
        return budgets.reserve(call.tenant(), call.requestId(), call.ceiling())
                .flatMap(reserved -> ledger.append(held(call, reserved), clock.instant(), call.trace())
                        .doOnError(unavailable -> budgets.release(reserved))
                        .thenReturn(reserved));
    }

    private Held held(Call call, Reserved reserved) {
        Route route = call.route();
        Instant now = clock.instant();
        return new Held(
                call.requestId(),
                call.tenant().tenantId(),
                call.keyId(),
                route.requestedModel(),
                route.provider().name(),
                route.model().model(),
                reserved.ceiling(),
                now.plus(holdTtl),
                reserved.hold().map(Hold::budgetId).orElse(null),
                reserved.hold().map(Hold::windowStart).orElse(null));
    }

    /// Nothing was consumed. Completes when that is durable.
    Mono<Void> release(Call call, Reserved reserved, String reason) {
        Released released = new Released(call.requestId(), call.tenant().tenantId(), call.keyId(), reason);
        return booked(budgets.release(reserved), ledger.append(released, clock.instant(), call.trace()))
                .doOnSuccess(done -> log(call, "released (" + reason + ")", Amount.ZERO));
    }

    /// What it cost, exactly, once that is durable. Fails with a 503 when the ledger does not answer in time; the
    /// budget is settled all the same.
    Mono<Amount> settle(Call call, Reserved reserved, Consumption consumption) {
        Settled settled = settled(call, consumption);
        return booked(budgets.settle(reserved, settled.cost()), ledger.append(settled, clock.instant(), call.trace()))
                .doOnSuccess(done -> log(call, consumption.outcome().wireName(), settled.cost()))
                .thenReturn(settled.cost());
    }

    /// Exactly what will be settled for this usage.
    Amount cost(Call call, Usage usage) {
        return price(call, usage).cost();
    }

    private static Mono<Void> booked(Mono<Void> budget, Mono<Void> ledger) {
        return Mono.when(ledger, budget.timeout(BUDGET_PATIENCE).onErrorComplete());
    }

    private Settled settled(Call call, Consumption consumption) {
        Route route = call.route();
        Price price = price(call, consumption.usage());
        if (!price.complete()) {
            unpriced.increment();
            LOG.error("Usage of request {} has no price: {}", call.requestId(), consumption.usage());
        }
        List<Attempt> attempts = new ArrayList<>();
        consumption.failed().forEach(failed -> attempts.add(failed(route, failed)));
        attempts.add(answered(route, consumption, price, attempts.size() + 1));
        return new Settled(
                call.requestId(),
                call.tenant().tenantId(),
                call.keyId(),
                route.requestedModel(),
                route.provider().name(),
                route.model().model(),
                attempts,
                price.cost(),
                route.model().model(),
                price.cost(),
                List.of(),
                consumption.outcome(),
                call.request().stream(),
                consumption.billable(),
                call.elapsedMillis(),
                consumption.timeToFirstTokenMs(),
                "none",
                route.reason(),
                call.request().body().length,
                consumption.bytesOut());
    }

    private static Attempt answered(Route route, Consumption consumption, Price price, int n) {
        Usage usage = consumption.usage();
        return new Attempt(
                n,
                route.provider().name(),
                route.model().model(),
                consumption.providerRequestId(),
                usage.buckets(),
                usage.raw(),
                usage.source(),
                price.complete() ? route.prices().bookId() : null,
                price.lines(),
                price.cost(),
                consumption.outcome(),
                consumption.status(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - consumption.sent()));
    }

    private static Attempt failed(Route route, FailedAttempt failed) {
        return new Attempt(
                failed.n(),
                route.provider().name(),
                route.model().model(),
                null,
                Quantities.NONE,
                null,
                UsageSource.MEASURED,
                null,
                List.of(),
                Amount.ZERO,
                Outcome.FAILED,
                failed.status(),
                failed.latencyMs());
    }

    private record Price(List<PricedLine> lines, Amount cost, boolean complete) {
        private static final Price NONE = new Price(List.of(), Amount.ZERO, false);
    }

    private Price price(Call call, Usage usage) {
        if (!usage.complete()) {
            return Price.NONE;
        }
        Route route = call.route();
        return switch (route.prices()
                .price(route.model(), usage.buckets(), call.ceiling().at())) {
            case Priced.Complete(List<Line> lines, Amount cost) ->
                new Price(lines.stream().map(CallBooks::line).toList(), cost, true);
            case Priced.Unpriced missing -> Price.NONE;
        };
    }

    private static PricedLine line(Line line) {
        return new PricedLine(line.meter(), line.quantity(), line.rate(), line.ruleId(), line.cost());
    }

    private static void log(Call call, String end, Amount cost) {
        if (call.isSampled()) {
            LOG.info(
                    "Call {} of {} to {}: {} after {} ms, ${}",
                    call.requestId(),
                    call.tenant().slug(),
                    call.route().model().model(),
                    end,
                    call.elapsedMillis(),
                    cost);
        }
    }
}
