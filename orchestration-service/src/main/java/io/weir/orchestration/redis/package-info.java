/// The connection to Redis that all features share. Owns no keys: each feature names its own, with the tenant's id in
/// braces, so that what belongs together stays in one slot of a cluster.
@NullMarked
package io.weir.orchestration.redis;

import org.jspecify.annotations.NullMarked;
