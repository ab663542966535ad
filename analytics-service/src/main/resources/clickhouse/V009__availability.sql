-- What the edge answered in an hour, counted again and again while its records come in, and kept when they are gone.
CREATE TABLE IF NOT EXISTS availability_hours
(
    tenant_id UUID,
    hour DateTime('UTC'),
    calls Int64 COMMENT 'of models, without those that the client left',
    failed Int64 COMMENT 'of these, answered 5xx',
    counted_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(counted_at)
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour);
