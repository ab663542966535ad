@NullMarked
package io.weir.problem.autoconfigure;

import org.jspecify.annotations.NullMarked;
