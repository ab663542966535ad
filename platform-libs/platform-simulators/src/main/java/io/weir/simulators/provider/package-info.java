/// Stands in for the model providers: speaks their wire forms, misbehaves on request, and keeps an independent ledger
/// of what it served. Owns the process, its options and the control endpoints; a provider's wire form is owned by its
/// own sub-package. Shares no code with the product's metering, so that it can be the referee of it.
@NullMarked
package io.weir.simulators.provider;

import org.jspecify.annotations.NullMarked;
