package io.weir.orchestration.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.money.Quantities;
import io.weir.orchestration.provider.FailedAttempt;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Route;
import io.weir.pricing.PriceList.Line;
import io.weir.pricing.PriceList.Priced;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Attempts as the ledger lists them, each at the price of its own model at the instant of the call.
public final class AttemptPricing {

    private static final Logger LOG = LoggerFactory.getLogger(AttemptPricing.class);

    private final Counter unpriced;

    AttemptPricing(MeterRegistry registry) {
        this.unpriced = registry.counter("weir.usage.unpriced");
    }

    /// How an answer ended.
    ///
    /// @param sent by [System#nanoTime], when it was asked for
    public record Ending(
            Usage usage, Outcome outcome, @Nullable String providerRequestId, int status, long sent) {}

    /// An attempt that began to be answered. What it used without a price costs nothing, is logged and counted.
    public Attempt answered(BookedCall call, int n, Candidate candidate, Ending ending) {
        Route route = candidate.route();
        Usage usage = ending.usage();
        Price price = price(candidate, usage);
        if (!price.complete()) {
            unpriced.increment();
            LOG.error("Usage of request {} has no price: {}", call.requestId(), usage);
        }
        return new Attempt(
                n,
                route.provider().name(),
                route.model().model(),
                ending.providerRequestId(),
                usage.buckets(),
                usage.raw(),
                usage.source(),
                price.complete() ? route.prices().bookId() : null,
                price.lines(),
                price.cost(),
                ending.outcome(),
                ending.status(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ending.sent()));
    }

    /// An attempt that consumed nothing.
    static Attempt failed(int n, Candidate candidate, FailedAttempt failed) {
        Route route = candidate.route();
        return new Attempt(
                n,
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

    private static Price price(Candidate candidate, Usage usage) {
        if (!usage.complete()) {
            return Price.NONE;
        }
        Route route = candidate.route();
        return switch (route.prices()
                .price(route.model(), usage.buckets(), candidate.ceiling().at())) {
            case Priced.Complete(List<Line> lines, Amount cost) ->
                new Price(lines.stream().map(AttemptPricing::line).toList(), cost, true);
            case Priced.Unpriced missing -> Price.NONE;
        };
    }

    private static PricedLine line(Line line) {
        return new PricedLine(line.meter(), line.quantity(), line.rate(), line.ruleId(), line.cost());
    }
}
