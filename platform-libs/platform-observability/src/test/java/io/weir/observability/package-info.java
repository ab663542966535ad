@NullMarked
package io.weir.observability;

import org.jspecify.annotations.NullMarked;
