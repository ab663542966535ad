@NullMarked
package io.weir.billing.invoice;

import org.jspecify.annotations.NullMarked;
