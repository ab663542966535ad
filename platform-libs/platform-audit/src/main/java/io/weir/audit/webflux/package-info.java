/// The request behind an audit event, taken from what the gateway stamped.
@NullMarked
package io.weir.audit.webflux;

import org.jspecify.annotations.NullMarked;
