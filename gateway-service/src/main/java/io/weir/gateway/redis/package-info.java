/// The connection to Redis that all features share, one server or a cluster. Owns no keys: each feature names its own;
/// what belongs to a tenant has its id in braces, so that it stays in one slot of a cluster.
@NullMarked
package io.weir.gateway.redis;

import org.jspecify.annotations.NullMarked;
