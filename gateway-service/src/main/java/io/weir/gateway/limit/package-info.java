/// How many requests a tenant may send, over all instances of the gateway: permits are leased from Redis in blocks, so
/// that most requests are decided here.
@NullMarked
package io.weir.gateway.limit;

import org.jspecify.annotations.NullMarked;
