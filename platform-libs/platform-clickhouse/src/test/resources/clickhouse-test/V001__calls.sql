-- Fixture: one row per call.
CREATE TABLE IF NOT EXISTS calls
(
    tenant_id UUID,
    hour DateTime('UTC'),
    event_id String,
    cost Decimal(38, 12),
    at DateTime64(3, 'UTC'),
    note Nullable(String),
    rules Array(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour, event_id)
SETTINGS non_replicated_deduplication_window = 100;
