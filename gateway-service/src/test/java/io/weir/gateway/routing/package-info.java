@NullMarked
package io.weir.gateway.routing;

import org.jspecify.annotations.NullMarked;
