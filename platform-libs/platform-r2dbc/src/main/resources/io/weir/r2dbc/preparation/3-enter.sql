-- Tenants whose placed rows have left a schema of this database, or never were there. The mover writes it, and who
-- provisions. `reads` is false for the moment in which the registry, in another database, is about to be switched:
-- writers are turned away, and readers still served.
CREATE TABLE IF NOT EXISTS tenant.departed (
    tenant_id   uuid        NOT NULL,
    schema_name text        NOT NULL,
    reads       boolean     NOT NULL DEFAULT true,
    departed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, schema_name)
);
REVOKE ALL ON tenant.departed FROM ${app}, ${platform}, ${search}, ${support};
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant.departed TO ${mover};
GRANT SELECT, INSERT ON tenant.departed TO ${platform};

-- What writers of a tenant's placed rows share, and the mover takes alone to fence them.
CREATE OR REPLACE FUNCTION tenant.lock_key(tenant uuid) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $weir$
BEGIN
    RETURN uuid_hash_extended(tenant, 8753160);
END
$weir$;
REVOKE ALL ON FUNCTION tenant.lock_key(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.lock_key(uuid) TO ${app}, ${platform}, ${mover};

CREATE OR REPLACE FUNCTION tenant.has_departed(tenant uuid, schema text, writes boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $weir$
BEGIN
    RETURN EXISTS (SELECT 1 FROM tenant.departed d
                   WHERE d.tenant_id = tenant AND d.schema_name = schema AND (d.reads OR writes));
END
$weir$;
REVOKE ALL ON FUNCTION tenant.has_departed(uuid, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.has_departed(uuid, text, boolean) TO ${app}, ${platform}, ${mover};

-- Waits for at most 5 s while a tenant's writers are fenced; then SQLSTATE 55P03.
CREATE OR REPLACE FUNCTION tenant.share_lock(key bigint) RETURNS void
LANGUAGE plpgsql VOLATILE AS $weir$
DECLARE
    former text := pg_catalog.current_setting('lock_timeout');
BEGIN
    IF NOT pg_catalog.pg_try_advisory_xact_lock_shared(key) THEN
        PERFORM pg_catalog.set_config('lock_timeout', '5s', true);
        PERFORM pg_catalog.pg_advisory_xact_lock_shared(key);
        PERFORM pg_catalog.set_config('lock_timeout', former, true);
    END IF;
END
$weir$;
REVOKE ALL ON FUNCTION tenant.share_lock(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.share_lock(bigint) TO ${app}, ${platform}, ${mover};

-- The first statement of every transaction of a tenant. Runs with its caller's rights: everything it sets ends with
-- the transaction. SQLSTATE WR001: the rows are elsewhere; WR002: the proof does not hold.
CREATE OR REPLACE FUNCTION tenant.enter(tenant uuid, proof text, mode text, schema text, timeout_ms integer)
RETURNS void LANGUAGE plpgsql VOLATILE AS $weir$
BEGIN
    PERFORM pg_catalog.set_config('weir.tenant_id', tenant::text, true),
            pg_catalog.set_config('weir.tenant_proof', proof, true),
            pg_catalog.pg_advisory_unlock_all();
    IF tenant.current_id() IS NULL THEN
        RAISE EXCEPTION 'the proof of tenant % does not hold', tenant USING ERRCODE = 'WR002',
            HINT = 'Its key is registered at the service''s start and hourly; compare the clocks of both machines.';
    END IF;
    IF schema <> 'public' THEN
        PERFORM pg_catalog.set_config('search_path', pg_catalog.quote_ident(schema), true);
    END IF;
    IF timeout_ms > 0 THEN
        PERFORM pg_catalog.set_config('statement_timeout', timeout_ms::text, true);
    END IF;
    IF mode = 'registry' THEN
        RETURN;
    END IF;
    IF mode = 'placed_write' THEN
        PERFORM tenant.share_lock(tenant.lock_key(tenant));
    ELSIF mode = 'placed_read' THEN
        -- Nobody makes readers wait: the mover only asks whether this lock is free, before it clears what was left.
        PERFORM tenant.share_lock(tenant.lock_key(tenant) # 1);
    ELSE
        RAISE EXCEPTION 'mode % (expected: registry, placed_read or placed_write)', mode;
    END IF;
    IF tenant.has_departed(tenant, schema, mode = 'placed_write') THEN
        RAISE EXCEPTION 'the rows of tenant % have left schema %', tenant, schema USING ERRCODE = 'WR001';
    END IF;
END
$weir$;
REVOKE ALL ON FUNCTION tenant.enter(uuid, text, text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.enter(uuid, text, text, text, integer) TO ${app}, ${platform}, ${mover}, ${support};
