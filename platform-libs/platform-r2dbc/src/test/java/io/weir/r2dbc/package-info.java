@NullMarked
package io.weir.r2dbc;

import org.jspecify.annotations.NullMarked;
