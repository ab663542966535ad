-- What each attempt of a request used and cost, beside the request: so that every answer about usage reads one table in
-- one statement, and never sees a request without its attempts. Rows from before have empty arrays.
ALTER TABLE usage_requests
    ADD COLUMN IF NOT EXISTS `tries.provider` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `tries.model` Array(LowCardinality(String)),
    ADD COLUMN IF NOT EXISTS `tries.cost` Array(Decimal(38, 12)) COMMENT 'US dollars, exact; the sum is cost',
    ADD COLUMN IF NOT EXISTS `tries.tokens_in` Array(Int64),
    ADD COLUMN IF NOT EXISTS `tries.tokens_out` Array(Int64),
    ADD COLUMN IF NOT EXISTS `tries.buckets` Array(Map(LowCardinality(String), Int64)) COMMENT 'disjoint meters',
    ADD COLUMN IF NOT EXISTS tags Map(LowCardinality(String), String) COMMENT 'as the caller set them on the call';

-- Costs that others report at POST /api/events: the tenant's own bills from elsewhere. In no sealed hour and on no
-- invoice of ours. One row per (tenant, source, id): the first that was accepted.
CREATE TABLE IF NOT EXISTS external_costs
(
    tenant_id UUID,
    hour DateTime('UTC') COMMENT 'start of the hour of event_time',
    event_source String,
    event_id String,
    event_time DateTime64(3, 'UTC') COMMENT 'when the cost arose, as its source says',
    received_at DateTime64(3, 'UTC') COMMENT 'when it was accepted',
    late Bool COMMENT 'it came after the window for events of its hour',
    amount Decimal(38, 12) COMMENT 'US dollars, exact',
    category LowCardinality(String),
    description String,
    tags Map(LowCardinality(String), String),
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    kafka_offset Int64,
    INDEX by_offset kafka_offset TYPE minmax GRANULARITY 1,
    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour, event_source, event_id)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000,
    replicated_deduplication_window_seconds = 2592000;
