/// Calls to model providers: connections, time limits, retries, circuit breakers, and what a provider's refusal means
/// to our caller. Does not read requests or answers (see `dialect`) nor count money.
@NullMarked
package io.weir.orchestration.provider;

import org.jspecify.annotations.NullMarked;
