package io.weir.billing.pricebook;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A price book as it stands in its file; nothing is checked yet, so that everything wrong can be told at once.
///
/// @param observedAt ISO date on which the prices were read
record PriceBookFile(
        @Nullable String id,
        @Nullable String source,
        @Nullable String observedAt,
        @Nullable List<ModelEntry> models) {

    /// @param released ISO date
    record ModelEntry(
            @Nullable String provider,
            @Nullable String model,
            @Nullable String mode,
            long contextWindow,
            long maxOutputTokens,
            @Nullable String released,
            @Nullable String source,
            @Nullable String note,
            @Nullable List<PriceEntry> prices) {}

    /// What a model's meters cost in one range of time, in one service tier.
    ///
    /// @param effectiveFrom ISO instant, inclusive
    /// @param effectiveTo exclusive; absent: open
    /// @param serviceTier absent: `standard`
    /// @param contextOver prompts larger than this pay these prices for the whole request; absent: all prompts
    /// @param perMillion price of a million units by meter, decimal strings
    /// @param perUnit price of one unit by meter, decimal strings
    record PriceEntry(
            @Nullable String effectiveFrom,
            @Nullable String effectiveTo,
            @Nullable String serviceTier,
            long contextOver,
            @Nullable Map<String, JsonNode> perMillion,
            @Nullable Map<String, JsonNode> perUnit) {}
}
