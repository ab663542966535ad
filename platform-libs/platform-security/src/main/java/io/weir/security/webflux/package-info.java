/// The passport on the way into a service.
@NullMarked
package io.weir.security.webflux;

import org.jspecify.annotations.NullMarked;
