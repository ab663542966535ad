@NullMarked
package io.weir.r2dbc.placement.move;

import org.jspecify.annotations.NullMarked;
