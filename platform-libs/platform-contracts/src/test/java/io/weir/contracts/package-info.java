@NullMarked
package io.weir.contracts;

import org.jspecify.annotations.NullMarked;
