package io.weir.orchestration.route;

import io.weir.orchestration.provider.Provider;
import io.weir.pricing.PriceList;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;

/// The model that answers a call, where, and at which prices.
///
/// @param requestedModel as the call named it; `auto` where it left the choice to us
/// @param reason why this one, for example `explicit`; short, printable ASCII
public record Route(Model model, Provider provider, PriceList prices, String requestedModel, String reason) {

    /// For messages, for example `gpt-4o at openai`, or `gpt-4o at openai (own key)`.
    public String place() {
        return model.model() + " at " + provider.title();
    }
}
