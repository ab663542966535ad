package io.weir.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.money.Rate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One call to one provider on behalf of a request.
///
/// @param n counts from 1 within the request
/// @param providerRequestId the provider's own name for it, as its support asks for; null: it sent none
/// @param buckets what was used, in disjoint meters
/// @param rawUsage what the provider said, as it said it; null: it said nothing
/// @param usageSource whether the provider reported the usage, or we measured it
/// @param lines what each bucket cost and by which rule
/// @param status the provider's HTTP status; null: none was received
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Attempt(
        int n,
        String provider,
        String model,
        @Nullable String providerRequestId,
        Quantities buckets,
        @Nullable JsonNode rawUsage,
        UsageSource usageSource,
        @Nullable String priceBookId,
        List<PricedLine> lines,
        Amount cost,
        Outcome outcome,
        @Nullable Integer status,
        long latencyMs) {

    public Attempt {
        lines = List.copyOf(lines);
    }

    /// @param cost rate times quantity, exact
    public record PricedLine(Meter meter, long quantity, Rate rate, String ruleId, Amount cost) {}

    /// Where the buckets come from.
    public enum UsageSource {
        PROVIDER,
        MEASURED;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
