/// Error answers for WebFlux applications.
@NullMarked
package io.weir.problem.webflux;

import org.jspecify.annotations.NullMarked;
