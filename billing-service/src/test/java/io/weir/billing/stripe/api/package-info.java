@NullMarked
package io.weir.billing.stripe.api;

import org.jspecify.annotations.NullMarked;
