@NullMarked
package io.weir.gateway.limit;

import org.jspecify.annotations.NullMarked;
