-- A call with the tenant's own provider key takes nothing of the platform's account.
ALTER TABLE usage_requests
    ADD COLUMN IF NOT EXISTS own_key Bool DEFAULT false COMMENT 'every attempt went out with the tenant''s own key';

-- Every step against a tenant that took others' share, and every pardon. Written before it is published.
CREATE TABLE IF NOT EXISTS neighbour_steps
(
    tenant_id UUID,
    version Int64 COMMENT 'rises with every decision about the tenant',
    cause LowCardinality(String),
    at DateTime64(3, 'UTC'),
    stage LowCardinality(String),
    pardoned_until Nullable(DateTime64(3, 'UTC')),
    body String COMMENT 'the decision, JSON'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (tenant_id, version, cause)
TTL toDateTime(at) + INTERVAL 25 MONTH;
