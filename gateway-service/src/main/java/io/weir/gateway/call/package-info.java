/// One request on its way through the gateway: its id, its route, and what was found out about it.
@NullMarked
package io.weir.gateway.call;

import org.jspecify.annotations.NullMarked;
