-- Why calls went where they went, until it expires. `decision` is JSON without a word of a prompt or of an answer.
CREATE TABLE routing_decision (
    tenant_id  uuid        NOT NULL,
    request_id text        NOT NULL,
    kept_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    decision   text        NOT NULL,
    PRIMARY KEY (tenant_id, request_id)
);

CREATE INDEX routing_decision_age ON routing_decision (tenant_id, kept_at);

CREATE INDEX routing_decision_expiry ON routing_decision (expires_at);
COMMENT ON INDEX routing_decision_expiry IS 'weir:allow the platform role removes what expired of all tenants';

SELECT tenant.protect('routing_decision', app => '{select,insert}',
    platform => '{"select": true, "delete": true}');
