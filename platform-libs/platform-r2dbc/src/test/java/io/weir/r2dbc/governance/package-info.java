/// Tests of the shares of the database.
@NullMarked
package io.weir.r2dbc.governance;

import org.jspecify.annotations.NullMarked;
