/// The certificate authority of one local platform and the gateway's certificate from it. For loopback names
/// alone.
@NullMarked
package io.weir.local.tls;

import org.jspecify.annotations.NullMarked;
