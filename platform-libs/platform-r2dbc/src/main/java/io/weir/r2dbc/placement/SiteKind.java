package io.weir.r2dbc.placement;

import java.util.Locale;

/// What a database of tenants' rows is for.
public enum SiteKind {
    /// The service's own: registry, pool, and the first schemas of tenants.
    HOME,
    /// Further schemas of tenants.
    BRIDGE,
    /// One tenant.
    SILO;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static SiteKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
