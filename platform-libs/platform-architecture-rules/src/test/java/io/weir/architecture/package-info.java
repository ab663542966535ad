@NullMarked
package io.weir.architecture;

import org.jspecify.annotations.NullMarked;
