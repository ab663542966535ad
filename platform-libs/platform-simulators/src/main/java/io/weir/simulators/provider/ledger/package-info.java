/// What the simulated providers served, call by call. Does not own prices or tenants: a provider knows neither.
@NullMarked
package io.weir.simulators.provider.ledger;

import org.jspecify.annotations.NullMarked;
