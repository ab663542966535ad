@NullMarked
package io.weir.pricing;

import org.jspecify.annotations.NullMarked;
