@NullMarked
package io.weir.billing.stripe.webhook;

import org.jspecify.annotations.NullMarked;
