/// How tenants share what is scarce: a provider's limits of requests and tokens, the calls that a
/// model takes at the same time, and this service itself. Does not know requests or answers, and holds
/// no money.
@NullMarked
package io.weir.orchestration.lane;

import org.jspecify.annotations.NullMarked;
