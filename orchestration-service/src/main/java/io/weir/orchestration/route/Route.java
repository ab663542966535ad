package io.weir.orchestration.route;

import io.weir.orchestration.provider.Provider;
import io.weir.pricing.PriceList;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;

/// The model that answers a call, where, and at which prices.
///
/// @param reason why this one, for example `explicit`
public record Route(Model model, Provider provider, PriceList prices, String requestedModel, String reason) {}
