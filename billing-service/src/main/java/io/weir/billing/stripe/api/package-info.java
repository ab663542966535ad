/// Stripe as this service calls it: through the official client, off the event loops, with every failure classified.
/// Does not own what is sent, when, or what an answer means for an invoice.
@NullMarked
package io.weir.billing.stripe.api;

import org.jspecify.annotations.NullMarked;
