package io.weir.analytics.attempts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.money.Amount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// All that pricing an attempt again takes, and what it costs so far.
///
/// @param hour in which it counts
/// @param serviceTier absent: standard
/// @param pricedAt the instant whose rules were asked for; absent: it is not known
/// @param unpriced absent: it is priced
/// @param ceilingBreach what the provider charged beyond what was held, which is the platform's; absent: nothing
@JsonInclude(JsonInclude.Include.NON_NULL)
record PricedAttempt(
        UUID tenantId,
        Instant hour,
        Instant time,
        String requestId,
        long attempt,
        String provider,
        String model,
        @Nullable String serviceTier,
        @Nullable Instant pricedAt,
        @Nullable Unpriced unpriced,
        Map<String, Long> buckets,
        @Nullable String priceBookId,
        List<Line> lines,
        Amount cost,
        @Nullable Amount ceilingBreach) {

    record Line(String meter, long quantity, Amount rate, String ruleId, Amount cost) {}

    record Unpriced(String reason, Map<String, Long> meters) {}

    /// @param nextCursor absent on the last page
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Page(List<PricedAttempt> attempts, @Nullable String nextCursor) {}
}
