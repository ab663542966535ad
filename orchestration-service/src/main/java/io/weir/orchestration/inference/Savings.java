package io.weir.orchestration.inference;

import io.weir.ledger.Attempt;
import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.money.Amount;
import io.weir.orchestration.route.Baseline;
import io.weir.orchestration.route.Plan;
import java.util.List;

/// What a call cost beside what the usage of its answer would have cost at the baseline. Attempts before the answer are
/// in the cost and not in the baseline, so that a fallback which cost something lowers the savings. What a provider's
/// cache saves lowers both sides and is in neither's difference.
///
/// @param lines add up to `cost` of the baseline less the call's own; empty where these are equal
record Savings(String baselineModel, Amount baselineCost, List<SavingsLine> lines) {

    private static final String ROUTING = "routing";

    static Savings of(Plan plan, Consumption consumption) {
        Attempt answered = consumption.answered();
        if (answered.priceBookId() == null) {
            // Nothing is known of what it cost, so nothing of what it saved.
            return between(answered.model(), consumption.cost(), consumption.cost());
        }
        Baseline baseline =
                plan.baseline().orElseGet(() -> Baseline.of(consumption.served().route()));
        return baseline.cost(answered.buckets(), consumption.served().ceiling().at())
                .map(cost -> between(baseline.model().model(), cost, consumption.cost()))
                .orElseGet(() -> between(answered.model(), answered.cost(), consumption.cost()));
    }

    private static Savings between(String model, Amount baseline, Amount actual) {
        Amount saved = baseline.minus(actual);
        return new Savings(model, baseline, saved.isZero() ? List.of() : List.of(new SavingsLine(ROUTING, saved)));
    }
}
