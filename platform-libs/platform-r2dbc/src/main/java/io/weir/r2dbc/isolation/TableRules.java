package io.weir.r2dbc.isolation;

import java.util.List;

/// What a table with a `tenant_id` must have, and what may stand beside it.
final class TableRules {

    static final List<Rule> RULES = List.of(
            new Rule(
                    "row-security-off",
                    """
                    SELECT t.name AS object, '' AS detail FROM $tables t
                    WHERE NOT (t.relrowsecurity AND t.relforcerowsecurity)
                    """,
                    "table {object} has a tenant_id but row security is not enabled and forced",
                    "SELECT tenant.protect('{object}'), or ALTER TABLE {object} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"),
            new Rule(
                    "policy-missing",
                    """
                    SELECT t.name AS object, '' AS detail FROM $tables t
                    WHERE NOT t.relispartition AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid
                        AND (SELECT oid FROM pg_roles WHERE rolname = $app) = ANY (p.polroles))
                    """,
                    "table {object} has no policy for the app role",
                    "SELECT tenant.protect('{object}')"),
            new Rule(
                    "policy-differs",
                    """
                    SELECT t.name AS object, p.polname AS detail
                    FROM $tables t JOIN pg_policy p ON p.polrelid = t.oid
                    CROSS JOIN LATERAL (SELECT pg_get_expr(p.polqual, p.polrelid) AS reach,
                        pg_get_expr(p.polwithcheck, p.polrelid) AS take,
                        ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY (p.polroles)) AS roles) e
                    WHERE NOT coalesce(CASE
                        WHEN NOT p.polpermissive OR t.relispartition OR cardinality(p.polroles) <> 1 THEN false
                        WHEN e.roles = ARRAY[$platform] THEN true
                        WHEN e.roles = ARRAY[$app] OR e.roles = ARRAY[$mover]
                            THEN p.polcmd = '*' AND e.reach = $own AND e.take = $own
                        WHEN e.roles = ARRAY[$search] THEN p.polcmd = 'r' AND e.reach = 'true'
                        WHEN e.roles = ARRAY[$support] THEN p.polcmd = 'r' AND e.reach = $supported
                        ELSE false END, false)
                    """,
                    "table {object} has a policy {detail} that tenant.protect does not make",
                    "SELECT tenant.protect('{object}', ...) again, or DROP POLICY {detail} ON {object}"),
            new Rule(
                    "tenant-id-form",
                    """
                    SELECT t.name AS object, '' AS detail FROM $tables t
                    WHERE NOT t.attnotnull OR t.atttypid <> 'uuid'::regtype
                    """,
                    "column tenant_id of table {object} is not uuid NOT NULL",
                    "ALTER TABLE {object} ALTER COLUMN tenant_id SET NOT NULL, of type uuid"),
            new Rule(
                    "key-missing",
                    """
                    SELECT t.name AS object, '' AS detail FROM $tables t
                    WHERE NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)
                    """,
                    "table {object} has no primary key",
                    "ALTER TABLE {object} ADD PRIMARY KEY (tenant_id, ...)"),
            new Rule(
                    "unique-without-tenant",
                    """
                    SELECT i.indexrelid::regclass::text AS object, t.name AS detail
                    FROM $tables t JOIN pg_index i ON i.indrelid = t.oid
                    WHERE (i.indisunique OR i.indisexclusion) AND i.indkey[0] <> t.tenant AND NOT $allowed(i.indexrelid)
                    """,
                    "unique key {object} of table {detail} does not begin with tenant_id: a refused insert tells that another"
                            + " tenant has the value",
                    "make it (tenant_id, ...), or COMMENT ON INDEX {object} IS 'weir:allow <reason>'"),
            new Rule(
                    "index-without-tenant",
                    """
                    SELECT i.indexrelid::regclass::text AS object, t.name AS detail
                    FROM $tables t JOIN pg_index i ON i.indrelid = t.oid
                    WHERE NOT (i.indisunique OR i.indisexclusion) AND i.indkey[0] <> t.tenant
                      AND (SELECT amname FROM pg_am m JOIN pg_class x ON x.relam = m.oid WHERE x.oid = i.indexrelid) = 'btree'
                      AND NOT $allowed(i.indexrelid)
                    """,
                    "index {object} of table {detail} does not begin with tenant_id",
                    "make it (tenant_id, ...), or COMMENT ON INDEX {object} IS 'weir:allow <reason>'"),
            new Rule(
                    "index-lost",
                    """
                    SELECT i.indexrelid::regclass::text AS object, coalesce(a.attname, 'an expression') AS detail
                    FROM $tables t JOIN pg_index i ON i.indrelid = t.oid
                    CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indclass::oid[]) AS k (attnum, opclass)
                    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum AND k.attnum > 0
                    WHERE k.opclass IS NOT NULL AND NOT $allowed(i.indexrelid)
                      AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid
                          AND (SELECT oid FROM pg_roles WHERE rolname = $search) = ANY (p.polroles))
                      AND (k.attnum = 0 OR EXISTS (
                          SELECT 1 FROM pg_opclass c JOIN pg_amop o ON o.amopfamily = c.opcfamily
                              AND o.amoppurpose = 's' AND (c.opcintype = o.amoplefttype)
                              AND (o.amoplefttype = o.amoprighttype
                                  OR c.opcmethod <> (SELECT oid FROM pg_am WHERE amname = 'btree'))
                          JOIN pg_operator f ON f.oid = o.amopopr JOIN pg_proc l ON l.oid = f.oprcode
                          WHERE c.oid = k.opclass AND NOT l.proleakproof))
                    """,
                    "index {object} is lost to the app role: no operator on {detail} that is not leakproof uses an index under"
                            + " row security",
                    "filter on a bigint or text copy, or search through tenant.search_function with searched => true, or"
                            + " COMMENT ON INDEX {object} IS 'weir:allow <reason>'"),
            new Rule(
                    "foreign-key-without-tenant",
                    """
                    SELECT t.name AS object, c.conname AS detail
                    FROM $tables t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
                    JOIN $tables r ON r.oid = c.confrelid
                    WHERE NOT EXISTS (SELECT 1 FROM unnest(c.conkey, c.confkey) AS k (here, there)
                                      WHERE k.here = t.tenant AND k.there = r.tenant)
                      AND coalesce(obj_description(c.oid, 'pg_constraint'), '') !~ '^weir:allow \\S'
                    """,
                    "foreign key {detail} of table {object} can point to a row of another tenant",
                    "make it FOREIGN KEY (tenant_id, ...) REFERENCES ... (tenant_id, ...)"),
            new Rule(
                    "sequence-reveals-volume",
                    """
                    SELECT t.name AS object, a.attname AS detail
                    FROM $tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
                    WHERE a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%'
                    """,
                    "column {detail} of table {object} counts over all tenants",
                    "give it a UUIDv7 made by the service"),
            new Rule(
                    "rule-on-table",
                    """
                    SELECT t.name AS object, w.rulename AS detail FROM $tables t JOIN pg_rewrite w ON w.ev_class = t.oid
                    """,
                    "rule {detail} on table {object} runs with its owner's rights",
                    "DROP RULE {detail} ON {object}; use a trigger"),
            new Rule(
                    "foreign-table",
                    """
                    SELECT c.oid::regclass::text AS object, '' AS detail FROM pg_class c
                    WHERE c.relkind = 'f' AND c.relnamespace IN ($schemas)
                      AND EXISTS (SELECT 1 FROM unnest($bound) r
                          WHERE has_any_column_privilege(r, c.oid, 'SELECT, INSERT, UPDATE')
                              OR has_table_privilege(r, c.oid, 'DELETE'))
                    """,
                    "foreign table {object} is granted, and cannot have row security",
                    "REVOKE ALL ON {object} FROM every role but the owner"),
            new Rule(
                    "view-with-owners-rights",
                    """
                    SELECT c.oid::regclass::text AS object, '' AS detail FROM pg_class c
                    WHERE c.relkind = 'v' AND c.relnamespace IN ($schemas)
                      AND NOT coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
                      AND EXISTS (SELECT 1 FROM unnest($bound) r
                          WHERE has_any_column_privilege(r, c.oid, 'SELECT, INSERT, UPDATE')
                              OR has_table_privilege(r, c.oid, 'DELETE'))
                    """,
                    "view {object} runs with its owner's rights",
                    "ALTER VIEW {object} SET (security_invoker = true)"),
            new Rule(
                    "materialized-view-readable",
                    """
                    SELECT c.oid::regclass::text AS object, '' AS detail FROM pg_class c
                    WHERE c.relkind = 'm' AND c.relnamespace IN ($schemas)
                      AND EXISTS (SELECT 1 FROM unnest($bound) r WHERE has_any_column_privilege(r, c.oid, 'SELECT'))
                    """,
                    "materialized view {object} is readable, and cannot have row security",
                    "DROP MATERIALIZED VIEW {object}, or REVOKE ALL ON it from every role but the owner"));

    private TableRules() {}
}
