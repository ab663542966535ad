-- Support reads one tenant's rows for a quarter of an hour, and only after a transaction that says why has committed.
CREATE TABLE IF NOT EXISTS tenant.support_use (
    use_id     uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    who        text        NOT NULL,
    tenant_id  uuid        NOT NULL,
    reason     text        NOT NULL CHECK (length(btrim(reason)) BETWEEN 10 AND 500),
    opened_at  timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    opened_by  xid8        NOT NULL
);
REVOKE ALL ON tenant.support_use FROM ${app}, ${platform}, ${mover}, ${search}, ${support};
GRANT SELECT ON tenant.support_use TO ${platform};

CREATE OR REPLACE FUNCTION tenant.open_support(tenant uuid, reason text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $weir$
DECLARE
    made uuid;
BEGIN
    INSERT INTO tenant.support_use (who, tenant_id, reason, expires_at, opened_by)
    VALUES (session_user, open_support.tenant, open_support.reason, now() + interval '15 minutes', pg_current_xact_id())
    RETURNING use_id INTO made;
    RETURN made;
END
$weir$;
REVOKE ALL ON FUNCTION tenant.open_support(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.open_support(uuid, text) TO ${support};

-- The tenant that this login opened last, if that is recorded for good and has not expired.
CREATE OR REPLACE FUNCTION tenant.supported_id() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $weir$
BEGIN
    RETURN (SELECT u.tenant_id FROM tenant.support_use u
            WHERE u.who = session_user AND u.expires_at > now()
              AND u.opened_by IS DISTINCT FROM pg_current_xact_id_if_assigned()
            ORDER BY u.opened_at DESC LIMIT 1);
END
$weir$;
REVOKE ALL ON FUNCTION tenant.supported_id() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.supported_id() TO ${support};
