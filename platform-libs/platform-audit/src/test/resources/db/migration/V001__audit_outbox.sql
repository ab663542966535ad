-- What was recorded for the audit log in the transaction of the change, until the broker has it.

-- The last number per tenant. A transaction that records takes the next one and keeps others waiting until it ends, so
-- that a number that is missing later was lost, not rolled back.
CREATE TABLE audit_sequence (
    tenant_id uuid   PRIMARY KEY,
    last      bigint NOT NULL CHECK (last > 0)
);

CREATE TABLE audit_outbox (
    tenant_id     uuid        NOT NULL,
    sequence      bigint      NOT NULL,
    payload       text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Until then one relay has it in hand; infinity: no relay can read it, and somebody must look.
    claimed_until timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, sequence)
);

SELECT tenant.protect('audit_sequence', app => '{select,insert,"update (last)"}',
    platform => '{"select": true, "insert": true, "update (last)": true}');
SELECT tenant.protect('audit_outbox', app => '{select,insert}',
    platform => '{"select": true, "insert": true, "update (claimed_until)": true, "delete": true}');
