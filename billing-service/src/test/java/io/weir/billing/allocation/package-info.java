@NullMarked
package io.weir.billing.allocation;

import org.jspecify.annotations.NullMarked;
