/// Tries a tenant's own key for a model provider, and tells what the provider says. Does not keep keys (see `ownkey`).
@NullMarked
package io.weir.orchestration.keycheck;

import org.jspecify.annotations.NullMarked;
