package io.weir.r2dbc.isolation;

import java.util.List;

/// What functions with rights of their own must look like.
final class FunctionRules {

    static final List<Rule> RULES = List.of(
            new Rule(
                    "definer-owner",
                    """
                    SELECT p.oid::regprocedure::text AS object, r.rolname AS detail
                    FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                    WHERE p.prosecdef AND p.pronamespace IN ($schemas) AND r.rolname NOT IN ($owner, $search)
                    """,
                    "function {object} runs with the rights of {detail}",
                    "ALTER FUNCTION {object} SECURITY INVOKER, or make it with tenant.search_function"),
            new Rule(
                    "definer-of-owner",
                    """
                    SELECT p.oid::regprocedure::text AS object, '' AS detail
                    FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                    WHERE p.prosecdef AND p.pronamespace IN ($schemas) AND r.rolname = $owner
                      AND coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '^weir:allow \\S'
                    """,
                    "function {object} runs with the owner's rights",
                    "make it with tenant.search_function, or COMMENT ON FUNCTION {object} IS 'weir:allow <reason>'"),
            new Rule(
                    "definer-path",
                    """
                    SELECT p.oid::regprocedure::text AS object, '' AS detail FROM pg_proc p
                    WHERE p.prosecdef AND p.pronamespace IN ($schemas)
                      AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) c WHERE c = 'search_path=pg_catalog, pg_temp')
                    """,
                    "function {object} runs with other rights than its caller's but finds names where its caller says",
                    "ALTER FUNCTION {object} SET search_path = pg_catalog, pg_temp"),
            new Rule(
                    "definer-without-tenant",
                    """
                    SELECT p.oid::regprocedure::text AS object, '' AS detail
                    FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                    WHERE p.pronamespace IN ($schemas) AND r.rolname = $search
                      AND p.prosrc !~ 'RETURN QUERY WITH t AS MATERIALIZED \\(SELECT t\\.\\* FROM \\(SELECT s\\.\\* FROM \\S+ s WHERE s\\.tenant_id = \\(SELECT tenant\\.current_id\\(\\)\\)\\) t'
                    """,
                    "search function {object} does not say whose rows it searches",
                    "SELECT tenant.search_function(...) again"));

    private FunctionRules() {}
}
