package io.weir.analytics.requests;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A settled request as a caller sees it. Amounts are exact, US dollars, decimal strings.
///
/// @param latencyMs from arrival to the last byte
/// @param tries all attempts in order; `attempts` is how many. Empty on calls from before these were kept
/// @param savings why less was spent than the baseline; they add up to savingsUsd
/// @param timeToFirstTokenMs null for plain answers
@JsonInclude(JsonInclude.Include.NON_NULL)
record RequestSummary(
        String requestId,
        Instant time,
        String keyId,
        String requestedModel,
        String provider,
        String model,
        String outcome,
        boolean stream,
        boolean billable,
        long tokensIn,
        long tokensOut,
        Amount costUsd,
        String baselineModel,
        Amount baselineCostUsd,
        Amount savingsUsd,
        long latencyMs,
        @Nullable Long timeToFirstTokenMs,
        String cache,
        String routeReason,
        long attempts,
        List<Try> tries,
        List<SavedAmount> savings,
        Map<String, String> tags) {

    /// An attempt in short; its cost lines are in the detail.
    record Try(String provider, String model, long tokensIn, long tokensOut, Amount costUsd) {}

    /// @param nextCursor null on the last page
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<RequestSummary> data, @Nullable String nextCursor) {}

    /// @param savings why less was spent than the baseline
    record Detail(RequestSummary request, List<SavedAmount> savings, List<AttemptDetail> attempts) {}

    record SavedAmount(String reason, Amount amountUsd) {}

    /// @param lines what each meter cost and by which price rule
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AttemptDetail(
            long n,
            String provider,
            String model,
            @Nullable String providerRequestId,
            String outcome,
            @Nullable Long status,
            long latencyMs,
            Map<String, Long> usage,
            String usageSource,
            List<CostLine> lines,
            Amount costUsd) {}

    record CostLine(String meter, long quantity, Amount rateUsd, String ruleId, Amount costUsd) {}
}
