-- The keys that processes sign tenants with, as the two padded blocks of HMAC. Only the owner reads them.
CREATE TABLE IF NOT EXISTS tenant.proof_key (
    kid         text        PRIMARY KEY,
    inner_pad   bytea       NOT NULL CHECK (length(inner_pad) = 64),
    outer_pad   bytea       NOT NULL CHECK (length(outer_pad) = 64),
    valid_until timestamptz NOT NULL
);
REVOKE ALL ON tenant.proof_key FROM ${app}, ${platform}, ${mover}, ${search}, ${support};

-- The tenant of the transaction, or NULL where none is set or its proof does not hold. A proof is
-- `kid.expiry.mac`: 16 hexadecimal digits, seconds since 1970 in ten digits, 64 hexadecimal digits of
-- HMAC-SHA-256 over `tenant id|expiry`. It must hold when the transaction begins.
CREATE OR REPLACE FUNCTION tenant.current_id() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $weir$
DECLARE
    claimed text := current_setting('weir.tenant_id', true);
    proof   text := current_setting('weir.tenant_proof', true);
    key     record;
BEGIN
    IF claimed IS NULL OR claimed = '' OR proof IS NULL OR length(proof) <> 92 THEN
        RETURN NULL;
    END IF;
    SELECT k.inner_pad, k.outer_pad INTO key
    FROM tenant.proof_key k WHERE k.kid = substr(proof, 1, 16) AND k.valid_until > now();
    IF NOT FOUND OR substr(proof, 29) <> encode(sha256(key.outer_pad
            || sha256(key.inner_pad || convert_to(claimed || '|' || substr(proof, 18, 10), 'UTF8'))), 'hex') THEN
        RETURN NULL;
    END IF;
    IF substr(proof, 18, 10)::bigint < extract(epoch FROM now()) THEN
        RETURN NULL;
    END IF;
    RETURN claimed::uuid;
END
$weir$;
REVOKE ALL ON FUNCTION tenant.current_id() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenant.current_id() TO ${app}, ${platform}, ${mover}, ${search}, ${support};
