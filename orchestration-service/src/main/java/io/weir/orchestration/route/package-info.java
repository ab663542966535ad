/// Which model answers a call. Owns the catalogue of models that can be sold, per tenant. Does not own their prices
/// (billing-service) nor how they are called (see `provider`).
@NullMarked
package io.weir.orchestration.route;

import org.jspecify.annotations.NullMarked;
