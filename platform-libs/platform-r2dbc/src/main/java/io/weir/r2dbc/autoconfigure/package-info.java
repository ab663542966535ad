@NullMarked
package io.weir.r2dbc.autoconfigure;

import org.jspecify.annotations.NullMarked;
