/// Tests of migrations.
@NullMarked
package io.weir.r2dbc.migration;

import org.jspecify.annotations.NullMarked;
