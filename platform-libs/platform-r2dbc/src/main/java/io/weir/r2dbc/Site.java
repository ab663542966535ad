package io.weir.r2dbc;

import io.r2dbc.pool.ConnectionPool;

/// Where rows are: a database, by the pool of its app role's connections, and a schema in it.
///
/// @param name of the database, as an operator knows it; `home` is the service's own
/// @param schema `public`, or a tenant's own
public record Site(String name, ConnectionPool pool, String schema) {

    /// The name of the service's own database.
    public static final String HOME = "home";

    /// The schema of tenants that share one.
    public static final String PUBLIC = "public";

    public Site {
        SitePreparation.demandName(schema);
    }

    @Override
    public String toString() {
        return "Site[" + name + "/" + schema + "]";
    }
}
