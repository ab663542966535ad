package io.weir.r2dbc.placement;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A database that holds tenants' placed rows.
///
/// @param name as an operator knows it
/// @param host null: where the service's own database is
/// @param port null as the host is
/// @param cap how many schemas of tenants it takes; null where that does not apply
public record SiteDatabase(
        String name,
        SiteKind kind,
        @Nullable String host,
        @Nullable Integer port,
        String database,
        @Nullable Integer cap) {

    static final String COLUMNS = "d.name, d.kind, d.host, d.port, d.database, d.cap";

    static SiteDatabase of(ResultSet row) throws SQLException {
        return new SiteDatabase(
                row.getString("name"),
                SiteKind.of(row.getString("kind")),
                row.getString("host"),
                row.getObject("port", Integer.class),
                row.getString("database"),
                row.getObject("cap", Integer.class));
    }

    /// How messages name it.
    @Override
    public String toString() {
        return name + (host == null ? "" : " at " + host + ":" + port);
    }
}
