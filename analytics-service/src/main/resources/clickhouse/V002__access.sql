-- One row per request that was answered or refused at the edge.
CREATE TABLE IF NOT EXISTS access_records
(
    tenant_id UUID,
    hour DateTime('UTC'),
    event_id String,
    event_time DateTime64(3, 'UTC'),
    request_id String,
    key_id Nullable(String),
    route_class LowCardinality(String),
    method LowCardinality(String),
    status Int32,
    latency_ms Int64,
    reason Nullable(String),
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    kafka_offset Int64,
    INDEX by_offset kafka_offset TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(hour)
ORDER BY (tenant_id, hour, event_id)
TTL hour + INTERVAL 7 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
