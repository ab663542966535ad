@NullMarked
package io.weir.observability.autoconfigure;

import org.jspecify.annotations.NullMarked;
