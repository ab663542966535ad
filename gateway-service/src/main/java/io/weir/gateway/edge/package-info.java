/// The first and last thing that a request meets: stripping, limits, refusals, answer headers.
@NullMarked
package io.weir.gateway.edge;

import org.jspecify.annotations.NullMarked;
