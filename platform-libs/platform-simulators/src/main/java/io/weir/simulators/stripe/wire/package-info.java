/// Stripe's wire form: form-encoded parameters, answers, errors, pages, searches, idempotency keys. Knows no resource.
@NullMarked
package io.weir.simulators.stripe.wire;

import org.jspecify.annotations.NullMarked;
