/// Which service answers which path, and what is sent along. Does not read bodies.
@NullMarked
package io.weir.gateway.routing;

import org.jspecify.annotations.NullMarked;
