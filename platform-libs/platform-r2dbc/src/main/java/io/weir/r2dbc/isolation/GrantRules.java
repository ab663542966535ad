package io.weir.r2dbc.isolation;

import java.util.List;

/// What must not be granted.
final class GrantRules {

    static final List<Rule> RULES = List.of(
            new Rule(
                    "granted-to-public",
                    """
                    SELECT g.object, g.privilege AS detail FROM (
                        SELECT format('TABLE %s', c.oid::regclass) AS object, x.privilege_type AS privilege, x.grantee
                        FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace IN ($schemas, $internal)
                        UNION ALL
                        SELECT format('TABLE %s', c.oid::regclass), x.privilege_type, x.grantee
                        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) x
                        WHERE c.relnamespace IN ($schemas, $internal)
                        UNION ALL
                        SELECT format('SCHEMA %I', n.nspname), x.privilege_type, x.grantee
                        FROM pg_namespace n, aclexplode(n.nspacl) x WHERE n.oid IN ($schemas, $internal)
                        UNION ALL
                        SELECT format('FUNCTION %s', p.oid::regprocedure), x.privilege_type, x.grantee
                        FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
                        WHERE p.pronamespace IN ($schemas, $internal)
                        UNION ALL
                        SELECT format('DATABASE %I', d.datname), x.privilege_type, x.grantee
                        FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
                        WHERE d.datname = current_database()) g
                    WHERE g.grantee = 0
                    """,
                    "everybody has {detail} on {object}",
                    "REVOKE {detail} ON {object} FROM PUBLIC"),
            new Rule(
                    "grant-past-policies",
                    """
                    SELECT t.name AS object, format('%s TO %s', string_agg(p, ', '), r) AS detail
                    FROM $tables t, unnest($bound) r, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']
                        || CASE WHEN current_setting('server_version_num')::int >= 170000 THEN ARRAY['MAINTAIN'] END) p
                    WHERE has_table_privilege(r, t.oid, p) GROUP BY t.name, r
                    """,
                    "table {object} grants {detail}, which no policy limits",
                    "SELECT tenant.protect('{object}', ...) again"),
            new Rule(
                    "partition-granted",
                    """
                    SELECT t.name AS object, r AS detail FROM $tables t, unnest($bound) r
                    WHERE t.relispartition AND (has_any_column_privilege(r, t.oid, 'SELECT, INSERT, UPDATE')
                        OR has_table_privilege(r, t.oid, 'DELETE'))
                    """,
                    "partition {object} is granted to {detail}: the policies of its table do not hold there",
                    "REVOKE ALL ON {object} FROM {detail}"),
            new Rule(
                    "shared-table-writable",
                    """
                    SELECT c.oid::regclass::text AS object, '' AS detail FROM pg_class c
                    WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ($schemas)
                      AND c.oid NOT IN (SELECT t.oid FROM $tables t) AND NOT $allowed(c.oid)
                      AND (has_any_column_privilege($app, c.oid, 'INSERT, UPDATE') OR has_table_privilege($app, c.oid, 'DELETE, TRUNCATE'))
                    """,
                    "table {object} has no tenant_id, and every tenant can write it",
                    "REVOKE INSERT, UPDATE, DELETE ON {object} FROM the app role, or COMMENT ON TABLE {object} IS 'weir:allow <reason>'"),
            new Rule(
                    "objects-can-be-made",
                    """
                    SELECT r AS object, format('SCHEMA %I', n.nspname) AS detail FROM pg_namespace n, unnest($bound) r
                    WHERE n.oid IN ($schemas, $internal) AND has_schema_privilege(r, n.oid, 'CREATE')
                    UNION ALL
                    SELECT r, format('DATABASE %I', current_database()) FROM unnest($bound) r
                    WHERE has_database_privilege(r, current_database(), 'CREATE')
                    """,
                    "role {object} can make objects in {detail}",
                    "REVOKE CREATE ON {detail} FROM {object}"),
            new Rule(
                    "temporary-tables",
                    """
                    SELECT r AS object, format('DATABASE %I', current_database()) AS detail FROM unnest($bound) r
                    WHERE has_database_privilege(r, current_database(), 'TEMPORARY')
                    """,
                    "role {object} can make temporary tables, which outlive their transaction and are its next tenant's too",
                    "REVOKE TEMPORARY ON {detail} FROM {object}"),
            new Rule(
                    "sequence-granted",
                    """
                    SELECT c.oid::regclass::text AS object, r AS detail FROM pg_class c, unnest($bound) r
                    WHERE c.relkind = 'S' AND c.relnamespace IN ($schemas) AND r <> $platform AND NOT $allowed(c.oid)
                      AND has_sequence_privilege(r, c.oid, 'USAGE, SELECT, UPDATE')
                    """,
                    "sequence {object}, which counts over all tenants, is granted to {detail}",
                    "REVOKE ALL ON SEQUENCE {object} FROM {detail}; let the service make UUIDv7"),
            new Rule(
                    "tenant-schema-granted",
                    """
                    SELECT c.oid::regclass::text AS object, format('%s TO %s', p, r) AS detail
                    FROM pg_class c, unnest($bound) r, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
                    WHERE c.relnamespace IN ($internal) AND c.relkind IN ('r', 'p', 'v', 'm')
                      AND CASE p WHEN 'DELETE' THEN has_table_privilege(r, c.oid, p) ELSE has_any_column_privilege(r, c.oid, p) END
                      AND NOT (c.relname = 'departed' AND (r = $mover OR r = $platform AND p IN ('SELECT', 'INSERT')))
                      AND NOT (c.relname = 'support_use' AND r = $platform AND p = 'SELECT')
                    """,
                    "table {object} grants {detail}",
                    "REVOKE ALL ON {object} FROM that role"),
            new Rule(
                    "default-privileges-widen",
                    """
                    SELECT coalesce(g.rolname, 'PUBLIC') AS object,
                        format('%s on %s', x.privilege_type, d.defaclobjtype) AS detail
                    FROM pg_default_acl d JOIN pg_roles o ON o.oid = d.defaclrole, aclexplode(d.defaclacl) x
                    LEFT JOIN pg_roles g ON g.oid = x.grantee
                    WHERE x.grantee <> d.defaclrole AND NOT (d.defaclobjtype = 'r' AND o.rolname = $owner
                        AND g.rolname IN ($app, $platform) AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
                        AND d.defaclnamespace = 'public'::regnamespace)
                    """,
                    "objects made from now on give {object} {detail} (r: tables, S: sequences, f: functions, n: schemas)",
                    "ALTER DEFAULT PRIVILEGES ... REVOKE it"));

    private GrantRules() {}
}
