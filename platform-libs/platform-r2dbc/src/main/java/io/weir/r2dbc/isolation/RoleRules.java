package io.weir.r2dbc.isolation;

import java.util.List;

/// What roles must not be able to do.
final class RoleRules {

    /// Alone decisive: whoever has one of these is bound by no policy, and would answer to most other rules too.
    static final List<Rule> POWERS = List.of(new Rule(
            "role-bypasses-policies",
            """
            SELECT rolname AS object, '' AS detail FROM pg_roles
            WHERE rolname = ANY ($bound || $owners) AND (rolsuper OR rolbypassrls)
            """,
            "role {object} bypasses policies",
            "ALTER ROLE {object} NOSUPERUSER NOBYPASSRLS"));

    static final List<Rule> RULES = List.of(
            new Rule(
                    "role-has-power",
                    """
                    SELECT rolname AS object, concat_ws(' ', CASE WHEN rolreplication THEN 'NOREPLICATION' END,
                        CASE WHEN rolcreaterole THEN 'NOCREATEROLE' END, CASE WHEN rolcreatedb THEN 'NOCREATEDB' END) AS detail
                    FROM pg_roles WHERE rolname = ANY ($bound)
                      AND (rolcreaterole OR rolcreatedb OR rolreplication AND rolname <> $mover)
                    """,
                    "role {object} may replicate, or make roles or databases",
                    "ALTER ROLE {object} {detail}"),
            new Rule("role-logs-in", """
                    SELECT rolname AS object, '' AS detail FROM pg_roles
                    WHERE rolname IN ($owner, $search) AND rolcanlogin
                    """, "role {object} can log in", "ALTER ROLE {object} NOLOGIN"),
            new Rule("role-is-member", """
                    SELECT m.rolname AS object, g.rolname AS detail
                    FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
                    WHERE m.rolname = ANY ($bound)
                       OR g.rolname = $owner AND m.rolname NOT IN ($migrator, $provisioner) AND NOT m.rolsuper
                       OR g.rolname = $search AND m.rolname <> $owner AND NOT m.rolsuper
                    """, "role {object} is a member of {detail}", "REVOKE {detail} FROM {object}"),
            new Rule("role-owns", """
                    SELECT r.rolname AS object, format('%I.%I', n.nspname, c.relname) AS detail
                    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
                    WHERE r.rolname = ANY ($bound) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                      AND n.nspname !~ '^pg_(toast|temp)'
                    """, "role {object} owns {detail}", "ALTER TABLE {detail} OWNER TO the owner role"),
            new Rule(
                    "schema-owner",
                    """
                    SELECT n.nspname AS object, r.rolname AS detail
                    FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
                    WHERE (n.oid IN ($schemas) OR n.nspname = 'tenant') AND r.rolname <> $owner
                    """,
                    "schema {object} belongs to {detail}",
                    "ALTER SCHEMA {object} OWNER TO the owner role"),
            new Rule(
                    "foreign-owner",
                    """
                    SELECT format('%I.%I', n.nspname, c.relname) AS object, r.rolname AS detail
                    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
                    WHERE (n.oid IN ($schemas) OR n.nspname = 'tenant') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                      AND r.rolname <> $owner AND r.rolname <> ALL ($bound)
                    """,
                    "table or view {object} belongs to {detail}, not to the owner role",
                    "ALTER TABLE {object} OWNER TO the owner role"),
            new Rule(
                    "role-activity-visible",
                    """
                    SELECT rolname AS object, '' AS detail FROM pg_roles r
                    WHERE rolname IN ($app, $mover) AND NOT EXISTS (
                        SELECT 1 FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0
                          AND 'track_activities=off' = ANY (s.setconfig))
                    """,
                    "every session of {object} can read the running statements of all others, and proofs in them",
                    "ALTER ROLE {object} SET track_activities = off"));

    private RoleRules() {}
}
