@NullMarked
package io.weir.tenant;

import org.jspecify.annotations.NullMarked;
