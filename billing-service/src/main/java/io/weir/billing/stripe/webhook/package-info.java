/// Hears from Stripe: takes signed events in, each once, and has the invoice looked at that an event is about. Does
/// not own what a look changes (`stripe`).
@NullMarked
package io.weir.billing.stripe.webhook;

import org.jspecify.annotations.NullMarked;
