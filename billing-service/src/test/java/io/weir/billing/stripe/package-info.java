@NullMarked
package io.weir.billing.stripe;

import org.jspecify.annotations.NullMarked;
