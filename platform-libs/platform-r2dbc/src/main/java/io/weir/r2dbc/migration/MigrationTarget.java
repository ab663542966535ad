package io.weir.r2dbc.migration;

import java.util.Map;

/// One place whose schema is to be brought up to date.
///
/// @param name unique in the fleet, as operators know it, for example `home/public` or `bridge-1/tenant_acme`
/// @param tenant the slug of the only tenant there; empty where several share it
/// @param role that owns the objects; the login may become it
/// @param schema in which unqualified names are made and found, and the history is kept
/// @param location on the class path, for example `db/placed`
/// @param history the table of what ran
/// @param placeholders by name, for `${name}` in the files
public record MigrationTarget(
        String name,
        String tenant,
        String jdbcUrl,
        String user,
        String password,
        String role,
        String schema,
        String location,
        String history,
        Map<String, String> placeholders) {

    public MigrationTarget {
        placeholders = Map.copyOf(placeholders);
        for (String identifier : new String[] {role, schema.replace('-', '_'), history}) {
            if (!identifier.matches("[a-z_][a-z0-9_]{0,62}")) {
                throw new IllegalArgumentException("migration target " + name + ": '" + identifier
                        + "' (expected: lower-case letters, digits and underscores; in a schema also hyphens)");
            }
        }
    }

    /// The schema as it stands in SQL.
    String quotedSchema() {
        return '"' + schema + '"';
    }

    @Override
    public String toString() {
        return "MigrationTarget[" + name + "]";
    }
}
