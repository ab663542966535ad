@NullMarked
package io.weir.billing.subscription;

import org.jspecify.annotations.NullMarked;
