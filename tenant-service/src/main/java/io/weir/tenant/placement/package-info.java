/// Where tenants' rows are, and their moves. Owns the choice of a place, moves as this service begins and tells them,
/// and the capacity of the bridges. How rows move is the platform library's (`io.weir.r2dbc.placement`).
@NullMarked
package io.weir.tenant.placement;

import org.jspecify.annotations.NullMarked;
