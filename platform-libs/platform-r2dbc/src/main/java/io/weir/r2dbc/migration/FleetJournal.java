package io.weir.r2dbc.migration;

import java.util.List;
import java.util.UUID;

/// Where a migration of all sites stands, durably. Each call is one change, kept when it answers. Blocks.
public interface FleetJournal {

    Fleet read(UUID migration);

    void began(UUID migration, String site);

    void done(UUID migration, String site, List<String> ran);

    void failed(UUID migration, String site, String error);

    /// Ends it unless somebody paused it meanwhile.
    void ended(UUID migration, Fleet.State state);
}
