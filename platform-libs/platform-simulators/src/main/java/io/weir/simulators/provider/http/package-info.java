/// One call from its first byte to its entry in the ledger, whatever the provider's wire form: bounded bodies, delays,
/// paced streams, cut and cancelled connections. A provider's wire form plugs in as a `Dialect`.
@NullMarked
package io.weir.simulators.provider.http;

import org.jspecify.annotations.NullMarked;
