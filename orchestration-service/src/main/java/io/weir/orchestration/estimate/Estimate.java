package io.weir.orchestration.estimate;

import java.math.BigDecimal;
import java.util.List;

/// The answer of `POST /api/orchestration/estimate`. Amounts are US dollars, exact, as JSON numbers.
///
/// @param alternatives in the order in which a call would fall back to them
/// @param leftOut who else sells a model to the tenant, and why that one would not be asked
record Estimate(
        Recommendation recommendation,
        List<Alternative> alternatives,
        List<LeftOut> leftOut,
        SavingsAnalysis savingsAnalysis,
        Recognised task) {

    /// @param estimatedCost the same as `expected`
    /// @param low hardly any such call will cost less
    /// @param ceiling what would be held for the call: it cannot cost more
    /// @param observedAnswers settled answers behind the forecast; 0: a stated prior
    record Recommendation(
            String provider,
            String model,
            BigDecimal estimatedCost,
            long estimatedTokens,
            String reasoning,
            BigDecimal low,
            BigDecimal expected,
            BigDecimal ceiling,
            int observedAnswers) {}

    /// @param potentialSavings against the recommendation; negative where this one is dearer
    record Alternative(
            String provider,
            String model,
            BigDecimal estimatedCost,
            long estimatedTokens,
            BigDecimal potentialSavings,
            String reasoning,
            BigDecimal low,
            BigDecimal expected,
            BigDecimal ceiling,
            int observedAnswers) {}

    /// @param baselineCost of the recommendation's expected tokens at the baseline model's rates
    record SavingsAnalysis(
            String baselineModel, BigDecimal baselineCost, BigDecimal recommendedCost, BigDecimal savingsPercent) {}

    /// What was made of the request.
    record Recognised(String taskClass, String complexity, long promptTokens) {}

    /// @param reasoning the wish that rules it out, for example `provider.ignore`, or what it cannot do
    record LeftOut(String provider, String model, String reasoning) {}
}
