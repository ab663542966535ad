/// One answer per key: a call that names an `Idempotency-Key` runs once, however often it is sent. Owns the claims on
/// keys and the answers kept under them. Does not own what a call costs (see `inference`), nor caches for calls that
/// name no key.
@NullMarked
package io.weir.orchestration.idempotency;

import org.jspecify.annotations.NullMarked;
