/// Sends events to webhook endpoints, signed as Stripe signs, off the path of the call that caused them. Owns attempts
/// and their record; does not decide which events there are.
@NullMarked
package io.weir.simulators.stripe.webhook;

import org.jspecify.annotations.NullMarked;
