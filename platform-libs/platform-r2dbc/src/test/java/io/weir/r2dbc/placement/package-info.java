@NullMarked
package io.weir.r2dbc.placement;

import org.jspecify.annotations.NullMarked;
