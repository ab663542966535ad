/// What a quantity costs: pricing models, discounts, commitments and bounds, exact and without
/// rounding, and what is billed of it now, rounded once. Pure: no input or output happens here, and
/// nothing depends on time or order. Does not own what was used (`rating`), nor when a price is in
/// force (`subscription`).
@NullMarked
package io.weir.billing.rating.model;

import org.jspecify.annotations.NullMarked;
