-- What was recorded for the audit log in the transaction of the change, until the broker has it.

-- The last number per tenant. A transaction that records takes the next one and keeps others waiting until it ends, so
-- that a number that is missing later was lost, not rolled back.
CREATE TABLE audit_sequence (
    tenant_id uuid   PRIMARY KEY,
    last      bigint NOT NULL CHECK (last > 0)
);
ALTER TABLE audit_sequence ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_sequence FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_sequence_own ON audit_sequence TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY audit_sequence_platform ON audit_sequence TO ${platform} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON audit_sequence FROM ${app}, ${platform};
GRANT UPDATE (last) ON audit_sequence TO ${app}, ${platform};

CREATE TABLE audit_outbox (
    tenant_id     uuid        NOT NULL,
    sequence      bigint      NOT NULL,
    payload       text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Until then one relay has it in hand; infinity: no relay can read it, and somebody must look.
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, sequence)
);
ALTER TABLE audit_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_outbox_own ON audit_outbox TO ${app}
    USING (tenant_id = (SELECT tenant.current_id()))
    WITH CHECK (tenant_id = (SELECT tenant.current_id()));
CREATE POLICY audit_outbox_platform ON audit_outbox TO ${platform} USING (true) WITH CHECK (true);
REVOKE UPDATE, DELETE ON audit_outbox FROM ${app};
REVOKE UPDATE ON audit_outbox FROM ${platform};
GRANT UPDATE (claimed_until) ON audit_outbox TO ${platform};
