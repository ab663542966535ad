/// API keys: made, listed, revoked; only a hash is kept. Does not own their use (gateway).
@NullMarked
package io.weir.tenant.apikey;

import org.jspecify.annotations.NullMarked;
