package io.weir.r2dbc.migration;

import java.util.List;

/// Every place that has a schema of the service's, as of now.
@FunctionalInterface
public interface SiteCatalogue {

    /// Home first; may block.
    List<MigrationTarget> targets();
}
