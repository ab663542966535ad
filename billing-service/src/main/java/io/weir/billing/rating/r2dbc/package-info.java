/// Sealed hours in Postgres: every version is kept, the latest is read.
@NullMarked
package io.weir.billing.rating.r2dbc;

import org.jspecify.annotations.NullMarked;
