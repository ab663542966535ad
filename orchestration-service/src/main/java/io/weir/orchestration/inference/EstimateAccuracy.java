package io.weir.orchestration.inference;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.orchestration.forecast.CostForecast;
import io.weir.orchestration.route.Plan;
import io.weir.orchestration.route.Route;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How near estimates come: `weir.estimate.ratio`, what a call used over what was expected, of calls whose place was
/// chosen by an estimate, that ended by themselves and were counted by their provider. Safe for use by many threads.
final class EstimateAccuracy {

    // Books may know more models than a metric should have labels.
    private static final int MOST_MODELS = 100;
    private static final String OTHERS = "other";
    private static final double[] BOUNDS = {0.5, 0.8, 0.9, 1.1, 1.25, 2};

    private final MeterRegistry registry;
    private final Map<String, Ratios> models = new ConcurrentHashMap<>();

    EstimateAccuracy(MeterRegistry registry) {
        this.registry = registry;
    }

    private record Ratios(DistributionSummary input, DistributionSummary output, DistributionSummary cost) {}

    void observe(Plan plan, Consumption consumption) {
        Route route = consumption.served().route();
        Attempt answered = consumption.answered();
        boolean tells = consumption.outcome() == Outcome.COMPLETED
                && answered.usageSource() == UsageSource.PROVIDER
                && answered.unpriced() == null
                && !route.provider().account().isTenants()
                && route.prices().ownTier().isEmpty();
        if (tells) {
            plan.decision().forecast(route).ifPresent(forecast -> record(forecast, answered));
        }
    }

    private void record(CostForecast forecast, Attempt answered) {
        Ratios ratios = ratios(answered.model());
        record(ratios.input(), (double) answered.buckets().input(), (double)
                forecast.usage().input());
        record(ratios.output(), (double) answered.buckets().output(), (double)
                forecast.usage().output());
        record(
                ratios.cost(),
                answered.cost().value().doubleValue(),
                forecast.expected().value().doubleValue());
    }

    private static void record(DistributionSummary summary, double used, double expected) {
        if (expected > 0) {
            summary.record(used / expected);
        }
    }

    private Ratios ratios(String model) {
        Ratios known = models.get(model);
        if (known != null) {
            return known;
        }
        String label = models.size() < MOST_MODELS ? model : OTHERS;
        return models.computeIfAbsent(
                label, name -> new Ratios(summary(name, "input"), summary(name, "output"), summary(name, "cost")));
    }

    private DistributionSummary summary(String model, String of) {
        return DistributionSummary.builder("weir.estimate.ratio")
                .description("What calls used over what was expected of them")
                .tag("model", model)
                .tag("of", of)
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }
}
