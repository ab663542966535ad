package io.weir.orchestration.inference;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.PricedLine;
import io.weir.ledger.Attempt.Unpriced;
import io.weir.ledger.Attempt.Unpriced.Reason;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.provider.FailedAttempt;
import io.weir.orchestration.route.Candidate;
import io.weir.orchestration.route.Route;
import io.weir.pricing.PriceList.Line;
import io.weir.pricing.PriceList.Priced;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Attempts as the ledger lists them, each at the price of its own model at the instant of the call.
public final class AttemptPricing {

    private static final Logger LOG = LoggerFactory.getLogger(AttemptPricing.class);

    private final Map<Reason, Counter> unpriced = new EnumMap<>(Reason.class);

    AttemptPricing(MeterRegistry registry) {
        for (Reason reason : Reason.values()) {
            unpriced.put(reason, registry.counter("weir.usage.unpriced", "reason", reason.wireName()));
        }
    }

    /// How an answer ended.
    ///
    /// @param sent by [System#nanoTime], when it was asked for
    public record Ending(
            Usage usage,
            Outcome outcome,
            @Nullable String providerRequestId,
            @Nullable Integer status,
            long sent) {}

    /// An attempt that began to be answered. What it used without a price costs nothing for now, says so, is
    /// logged and counted: the counter pages.
    public Attempt answered(BookedCall call, int n, Candidate candidate, Ending ending) {
        Route route = candidate.route();
        Usage usage = ending.usage();
        boolean own = route.provider().account().isTenants();
        Price price = own ? Price.NOTHING : price(candidate, usage);
        Unpriced lack = price.lack();
        if (lack != null) {
            Objects.requireNonNull(unpriced.get(lack.reason())).increment();
            CallLog.of(
                    call, () -> LOG.error("Usage of request {} has no price, {}: {}", call.requestId(), lack, usage));
        }
        Attempt attempt = new Attempt(
                n,
                route.provider().name(),
                route.model().model(),
                ending.providerRequestId(),
                usage.buckets(),
                usage.raw(),
                usage.source(),
                lack == null ? route.prices().bookId() : null,
                price.lines(),
                price.cost(),
                ending.outcome(),
                ending.status(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ending.sent()),
                tier(route, usage),
                candidate.ceiling().at(),
                lack,
                null);
        return own ? attempt.withTenantsKey() : attempt;
    }

    private static @Nullable String tier(Route route, Usage usage) {
        return usage.tier().equals(ReportedUsage.STANDARD)
                ? route.prices().ownTier().orElse(null)
                : usage.tier();
    }

    /// An attempt that consumed nothing.
    static Attempt failed(int n, Candidate candidate, FailedAttempt failed) {
        Route route = candidate.route();
        Attempt attempt = new Attempt(
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
        return route.provider().account().isTenants() ? attempt.withTenantsKey() : attempt;
    }

    /// @param lack null: there is a price for all of it
    private record Price(
            List<PricedLine> lines, Amount cost, @Nullable Unpriced lack) {

        /// On the tenant's own account.
        private static final Price NOTHING = new Price(List.of(), Amount.ZERO, null);

        static Price none(Unpriced lack) {
            return new Price(List.of(), Amount.ZERO, lack);
        }
    }

    private static Price price(Candidate candidate, Usage usage) {
        if (usage.unpriced() != null) {
            return Price.none(usage.unpriced());
        }
        Route route = candidate.route();
        return switch (route.prices()
                .price(
                        route.model(),
                        usage.buckets(),
                        usage.tier(),
                        candidate.ceiling().at())) {
            case Priced.Complete(List<Line> lines, Amount cost) ->
                new Price(lines.stream().map(AttemptPricing::line).toList(), cost, null);
            case Priced.Unpriced(Set<Meter> meters) ->
                Price.none(new Unpriced(
                        Reason.NO_PRICE,
                        meters.stream().collect(Collectors.toMap(Meter::wireName, usage.buckets()::of))));
        };
    }

    private static PricedLine line(Line line) {
        return new PricedLine(line.meter(), line.quantity(), line.rate(), line.ruleId(), line.cost());
    }
}
