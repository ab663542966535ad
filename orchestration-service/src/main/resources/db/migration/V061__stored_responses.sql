-- Responses that clients come back to, until they expire. `body` is sealed: nobody reads it who has the database alone.
CREATE TABLE stored_response (
    tenant_id   uuid        NOT NULL,
    response_id text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    body        bytea       NOT NULL,
    PRIMARY KEY (tenant_id, response_id)
);

CREATE INDEX stored_response_expiry ON stored_response (expires_at);
COMMENT ON INDEX stored_response_expiry IS 'weir:allow the platform role removes what expired of all tenants';

SELECT tenant.protect('stored_response', app => '{select,insert,delete}',
    platform => '{"select": true, "delete": true}');
