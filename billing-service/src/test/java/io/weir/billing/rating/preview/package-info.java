@NullMarked
package io.weir.billing.rating.preview;

import org.jspecify.annotations.NullMarked;
