@NullMarked
package io.weir.proof;

import org.jspecify.annotations.NullMarked;
