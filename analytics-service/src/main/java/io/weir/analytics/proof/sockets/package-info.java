/// The measurement of the live cost stream: thousands of sockets on one instance, some of them stalled, and a
/// restart under load. Nothing of the running service uses it.
@NullMarked
package io.weir.analytics.proof.sockets;

import org.jspecify.annotations.NullMarked;
