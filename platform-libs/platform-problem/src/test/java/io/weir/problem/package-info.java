@NullMarked
package io.weir.problem;

import org.jspecify.annotations.NullMarked;
