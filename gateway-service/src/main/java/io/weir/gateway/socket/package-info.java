/// Sockets at the edge: how a browser proves who it is without headers, and that an open socket ends with the
/// right to it. Does not read frames.
@NullMarked
package io.weir.gateway.socket;

import org.jspecify.annotations.NullMarked;
