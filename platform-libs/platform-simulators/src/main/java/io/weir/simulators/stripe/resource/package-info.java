/// Stripe's resources: which routes and parameters each has, what a call does to the books and which events it causes.
@NullMarked
package io.weir.simulators.stripe.resource;

import org.jspecify.annotations.NullMarked;
