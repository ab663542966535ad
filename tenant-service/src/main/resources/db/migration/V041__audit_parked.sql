-- Audit events of tenants whose log cannot be reached, by their place on the topic, until it can be: so that one
-- database that is away does not hold up the logs of all tenants of its partition.
CREATE TABLE audit_parked (
    tenant_id    uuid        NOT NULL,
    partition_no int         NOT NULL,
    offset_no    bigint      NOT NULL,
    payload      text        NOT NULL,
    parked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant_id, partition_no, offset_no)
);
SELECT tenant.protect('audit_parked', app => '{}', platform => '{"select": true, "insert": true, "delete": true}');
