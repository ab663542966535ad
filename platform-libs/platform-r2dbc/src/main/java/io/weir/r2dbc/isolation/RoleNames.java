package io.weir.r2dbc.isolation;

import java.util.List;

/// The roles of the service whose database is looked at.
public record RoleNames(
        String owner,
        String migrator,
        String app,
        String platform,
        String mover,
        String provisioner,
        String search,
        String support) {

    /// Those that statements run as on behalf of somebody, and that policies therefore must bind.
    List<String> bound() {
        return List.of(app, platform, mover, search, support);
    }
}
