@NullMarked
package io.weir.problem.webflux;

import org.jspecify.annotations.NullMarked;
