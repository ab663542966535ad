/// What comes over a connection before it is a request: the strict reading of HTTP/1.1, TLS with certificates
/// that are read again when they change, and errors that no other code has seen. Knows no routes and no
/// callers.
@NullMarked
package io.weir.gateway.wire;

import org.jspecify.annotations.NullMarked;
