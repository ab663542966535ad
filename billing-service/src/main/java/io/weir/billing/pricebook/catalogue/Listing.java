package io.weir.billing.pricebook.catalogue;

import io.weir.money.Meter;
import io.weir.money.Rate;
import java.util.List;

/// What a catalogue says.
///
/// @param passedOver fields above zero that no meter stands for, by model; they are shown to whoever imports
public record Listing(List<Entry> entries, List<String> passedOver) {

    public Listing {
        entries = List.copyOf(entries);
        passedOver = List.copyOf(passedOver);
    }

    /// One model.
    ///
    /// @param mode `chat`, `responses` or `embedding`; others are not read
    /// @param contextWindow 0: it is not said
    /// @param maxOutputTokens 0: it is not said
    public record Entry(
            String provider, String model, String mode, long contextWindow, long maxOutputTokens, List<Price> prices) {

        public Entry {
            prices = List.copyOf(prices);
        }
    }

    /// What one meter costs.
    ///
    /// @param tier as prices name it
    /// @param contextOver 0: whatever the prompt
    public record Price(Meter meter, String tier, long contextOver, Rate rate) {}
}
