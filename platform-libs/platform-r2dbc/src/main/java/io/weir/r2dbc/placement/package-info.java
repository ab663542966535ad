/// Where placed rows are. Owns the registry of sites and placements, the databases and schemas that are made for
/// tenants, the pools to them, and the migrations of placed tables. Does not move tenants (`move`).
@NullMarked
package io.weir.r2dbc.placement;

import org.jspecify.annotations.NullMarked;
