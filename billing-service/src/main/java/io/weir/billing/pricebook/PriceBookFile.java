package io.weir.billing.pricebook;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A price book as it stands in its file; nothing is checked yet, so that everything wrong can be told at once.
///
/// @param observedAt ISO date on which the prices were read
/// @param tenant the one tenant whose book it is; absent: the platform's
/// @param parent of a tenant's book: the platform's book whose prices hold where it has no others
/// @param discounts of a tenant's book, on its parent's prices; of several that fit one price the first counts
/// @param families prices of many models at once
record PriceBookFile(
        @Nullable String id,
        @Nullable String source,
        @Nullable String observedAt,
        @Nullable String tenant,
        @Nullable String parent,
        @Nullable List<DiscountEntry> discounts,
        @Nullable List<ModelEntry> models,
        @Nullable List<FamilyEntry> families) {

    /// Prices of the file's models whose names are alike. What a model's own entry prices stays as it is there.
    ///
    /// @param models their names, `*` standing for any text
    record FamilyEntry(
            @Nullable String provider,
            @Nullable String models,
            @Nullable List<PriceEntry> prices) {}

    /// What is taken off prices.
    ///
    /// @param provider absent: any
    /// @param model absent: any
    /// @param meter absent: any
    /// @param percent decimal string, above 0 and at most 100
    /// @param effectiveFrom ISO instant, inclusive
    /// @param effectiveTo exclusive; absent: open
    record DiscountEntry(
            @Nullable String provider,
            @Nullable String model,
            @Nullable String meter,
            @Nullable String percent,
            @Nullable String effectiveFrom,
            @Nullable String effectiveTo) {}

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
    /// @param hours of the day; absent: all day
    /// @param contextOver prompts larger than this pay these prices for the whole request; absent: all prompts
    /// @param perMillion price of a million units by meter, decimal strings
    /// @param perUnit price of one unit by meter, decimal strings
    record PriceEntry(
            @Nullable String effectiveFrom,
            @Nullable String effectiveTo,
            @Nullable String serviceTier,
            @Nullable HoursEntry hours,
            long contextOver,
            @Nullable Map<String, JsonNode> perMillion,
            @Nullable Map<String, JsonNode> perUnit) {}

    /// @param from ISO time, inclusive
    /// @param to exclusive; not after `from`: the next day's
    /// @param zone IANA name; absent: UTC
    record HoursEntry(
            @Nullable String from,
            @Nullable String to,
            @Nullable String zone) {}
}
