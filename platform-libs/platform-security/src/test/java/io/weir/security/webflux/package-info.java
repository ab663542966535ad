@NullMarked
package io.weir.security.webflux;

import org.jspecify.annotations.NullMarked;
