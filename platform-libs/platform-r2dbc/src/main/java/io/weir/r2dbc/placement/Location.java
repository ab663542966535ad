package io.weir.r2dbc.placement;

import io.weir.r2dbc.Site;
import io.weir.tenancy.Placement;

/// Where the placed rows of one tenant are.
///
/// @param epoch rises with each move
public record Location(String site, String schema, Placement placement, long epoch) {

    /// Where every tenant is of which nothing else is known.
    public static final Location POOL = new Location(Site.HOME, Site.PUBLIC, Placement.POOL, 0);
}
