/// How the simulated Stripe is told to misbehave: errors, limits, lost answers, webhooks twice or in another order.
@NullMarked
package io.weir.simulators.stripe.behaviour;

import org.jspecify.annotations.NullMarked;
