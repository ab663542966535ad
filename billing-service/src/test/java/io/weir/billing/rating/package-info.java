@NullMarked
package io.weir.billing.rating;

import org.jspecify.annotations.NullMarked;
