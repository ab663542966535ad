@NullMarked
package io.weir.local.prove.fuzz;

import org.jspecify.annotations.NullMarked;
