-- Makes a table with a tenant_id safe: row security enabled and forced, one policy for the app role, grants for the
-- commands named and nothing else. What was there before is replaced. For migrations; see docs/how-to/add-a-tenant-table.md.
--
--   app       commands of the app role, columns where not all: {select,insert,"update (status, version)"}
--   platform  commands of the platform role across tenants, each with the rows that it reaches:
--             {"select": true, "insert": "version = 1", "update (version)": {"using": "true", "check": "false"}}
--   placed    the table moves with its tenant: the mover copies it
--   searched  generated search functions read it: see tenant.search_function
--   support   support may read it, of a tenant whose use it has recorded
CREATE OR REPLACE FUNCTION tenant.protect(
    target   regclass,
    app      text[]  DEFAULT '{select,insert,update,delete}',
    platform jsonb   DEFAULT '{}',
    placed   boolean DEFAULT false,
    searched boolean DEFAULT false,
    support  boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $weir$
DECLARE
    own     constant text := 'tenant_id = (SELECT tenant.current_id())';
    command text;
    wanted  jsonb;
    child   regclass;
    stale   name;
BEGIN
    PERFORM 1 FROM pg_attribute WHERE attrelid = target AND attname = 'tenant_id' AND atttypid = 'uuid'::regtype
        AND attnotnull AND NOT attisdropped;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'table % has no column tenant_id uuid NOT NULL', target;
    END IF;
    FOR child IN SELECT relid FROM pg_partition_tree(target) UNION SELECT target LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', child);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', child);
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, ${app}, ${platform}, ${mover}, ${search}, ${support}', child);
        FOR stale IN SELECT polname FROM pg_policy WHERE polrelid = child LOOP
            EXECUTE format('DROP POLICY %I ON %s', stale, child);
        END LOOP;
    END LOOP;
    EXECUTE format('CREATE POLICY app ON %s TO ${app} USING (%s) WITH CHECK (%s)', target, own, own);
    FOREACH command IN ARRAY app LOOP
        EXECUTE format('GRANT %s ON %s TO ${app}', command, target);
    END LOOP;
    FOR command, wanted IN SELECT key, value FROM jsonb_each(platform) LOOP
        EXECUTE format('GRANT %s ON %s TO ${platform}', command, target);
        PERFORM tenant.protect_platform(target, lower((regexp_match(command, '^\s*(\w+)'))[1]), wanted);
    END LOOP;
    IF placed THEN
        EXECUTE format('CREATE POLICY mover ON %s TO ${mover} USING (%s) WITH CHECK (%s)', target, own, own);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO ${mover}', target);
    END IF;
    IF searched THEN
        EXECUTE format('CREATE POLICY search ON %s FOR SELECT TO ${search} USING (true)', target);
        EXECUTE format('GRANT SELECT ON %s TO ${search}', target);
    END IF;
    IF support THEN
        EXECUTE format('CREATE POLICY support ON %s FOR SELECT TO ${support} USING (tenant_id = (SELECT tenant.supported_id()))',
            target);
        EXECUTE format('GRANT SELECT ON %s TO ${support}', target);
    END IF;
END
$weir$;
REVOKE ALL ON FUNCTION tenant.protect(regclass, text[], jsonb, boolean, boolean, boolean) FROM PUBLIC;

-- One policy of the platform role.
CREATE OR REPLACE FUNCTION tenant.protect_platform(target regclass, command text, wanted jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $weir$
DECLARE
    reach text := coalesce(wanted ->> 'using', wanted #>> '{}');
    take  text := coalesce(wanted ->> 'check', wanted #>> '{}');
BEGIN
    IF jsonb_typeof(wanted) = 'object' AND (wanted ->> 'using' IS NULL OR wanted ->> 'check' IS NULL) THEN
        RAISE EXCEPTION '% of table %: % (expected: both using and check)', command, target, wanted;
    END IF;
    IF command NOT IN ('select', 'insert', 'update', 'delete') THEN
        RAISE EXCEPTION 'command % of table % (expected: select, insert, update or delete)', command, target;
    END IF;
    EXECUTE format('CREATE POLICY %I ON %s FOR %s TO ${platform}', 'platform_' || command, target, command)
        || CASE WHEN command <> 'insert' THEN format(' USING (%s)', reach) ELSE '' END
        || CASE WHEN command IN ('insert', 'update') THEN format(' WITH CHECK (%s)', take) ELSE '' END;
END
$weir$;
REVOKE ALL ON FUNCTION tenant.protect_platform(regclass, text, jsonb) FROM PUBLIC;

-- Makes a function that finds rows of the running tenant by a condition whose operators are not leakproof (full text,
-- JSON, numeric, LIKE): under row security they would lose their index. `condition` and `ordering` use the table's
-- columns and the names of `arguments`; the function takes the most rows wanted as its last argument, most_rows.
CREATE OR REPLACE FUNCTION tenant.search_function(
    name text, target regclass, arguments text, condition text, ordering text)
RETURNS void LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $weir$
DECLARE
    home regnamespace;
    full_name text;
    made regprocedure;
BEGIN
    SELECT relnamespace::regnamespace INTO home FROM pg_class WHERE oid = target;
    full_name := format('%s.%I', home, name);
    EXECUTE format('CREATE OR REPLACE FUNCTION %s(%s, most_rows integer) RETURNS SETOF %s', full_name, arguments, target)
        || ' LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS '
        || quote_literal(format(
            -- Found before it is ordered: else the order's index would be tried, in the hope of an early match.
            E'#variable_conflict use_column\nBEGIN\n    RETURN QUERY WITH t AS MATERIALIZED (SELECT t.* FROM (SELECT s.* FROM %s s'
            || E' WHERE s.tenant_id = (SELECT tenant.current_id())) t\n        WHERE (%s)) SELECT t.* FROM t ORDER BY %s LIMIT most_rows;\nEND',
            target, condition, ordering));
    SELECT oid::regprocedure INTO STRICT made FROM pg_proc WHERE proname = name AND pronamespace = home;
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', made);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ${app}', made);
    EXECUTE format('GRANT CREATE ON SCHEMA %s TO ${search}', home);
    EXECUTE format('ALTER FUNCTION %s OWNER TO ${search}', made);
    EXECUTE format('REVOKE CREATE ON SCHEMA %s FROM ${search}', home);
END
$weir$;
REVOKE ALL ON FUNCTION tenant.search_function(text, regclass, text, text, text) FROM PUBLIC;
