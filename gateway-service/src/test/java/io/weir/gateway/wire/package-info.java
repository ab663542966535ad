@NullMarked
package io.weir.gateway.wire;

import org.jspecify.annotations.NullMarked;
