/// Drives the simulator with Stripe's own client.
@NullMarked
package io.weir.simulators.stripe;

import org.jspecify.annotations.NullMarked;
