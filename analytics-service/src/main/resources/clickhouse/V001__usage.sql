-- One row per settled client request: the first settlement of its request in the partition. Never two.
CREATE TABLE IF NOT EXISTS usage_requests
(
    tenant_id UUID,
    hour DateTime('UTC') COMMENT 'start of the hour of event_time',
    event_id String,
    event_source LowCardinality(String),
    event_time DateTime64(3, 'UTC') COMMENT 'fixed once, where the event happened',
    request_id String COMMENT 'x-request-id of the answer',
    key_id String,
    requested_model String,
    served_provider LowCardinality(String),
    served_model LowCardinality(String),
    cost Decimal(38, 12) COMMENT 'US dollars, exact; the sum of the attempts',
    baseline_model LowCardinality(String),
    baseline_cost Decimal(38, 12),
    savings Decimal(38, 12) COMMENT 'the sum of savings_lines.amount',
    `savings_lines.reason` Array(LowCardinality(String)),
    `savings_lines.amount` Array(Decimal(38, 12)),
    outcome LowCardinality(String),
    stream Bool,
    billable Bool COMMENT 'the answer began 2xx',
    attempts Int32,
    tokens_in Int64 COMMENT 'of all attempts',
    tokens_out Int64 COMMENT 'of all attempts',
    latency_ms Int64,
    time_to_first_token_ms Nullable(Int64),
    cache LowCardinality(String),
    route_reason String,
    bytes_in Int64,
    bytes_out Int64,
    producer_id String,
    producer_epoch Int64,
    producer_sequence Int64,
    kafka_log LowCardinality(String) COMMENT 'topic and topic id',
    kafka_partition Int32,
    kafka_offset Int64,
    INDEX by_offset kafka_offset TYPE minmax GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION settlements
    (SELECT request_id, tenant_id, kafka_log, kafka_partition, kafka_offset ORDER BY request_id)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour, event_id, event_source)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000,
    replicated_deduplication_window_seconds = 2592000, deduplicate_merge_projection_mode = 'rebuild';

-- One row per attempt at a provider, with what it used and what each bucket cost by which rule.
CREATE TABLE IF NOT EXISTS usage_attempts
(
    tenant_id UUID,
    hour DateTime('UTC'),
    event_id String COMMENT 'of the settlement, as in usage_requests',
    event_source LowCardinality(String),
    event_time DateTime64(3, 'UTC'),
    request_id String,
    key_id String,
    attempt Int32 COMMENT 'counts from 1 within the request',
    provider LowCardinality(String),
    model LowCardinality(String),
    providerRequestId Nullable(String) COMMENT 'the provider''s own name for the call',
    outcome LowCardinality(String),
    status Nullable(Int32) COMMENT 'HTTP status of the provider',
    latency_ms Int64,
    buckets Map(LowCardinality(String), Int64) COMMENT 'disjoint meters, for example buckets[''text_in'']',
    usage_source LowCardinality(String) COMMENT 'provider: as reported; measured: counted by us',
    raw_usage String COMMENT 'what the provider said, JSON',
    price_book_id Nullable(String),
    `lines.meter` Array(LowCardinality(String)),
    `lines.quantity` Array(Int64),
    `lines.rate` Array(Decimal(38, 12)),
    `lines.rule_id` Array(String),
    `lines.cost` Array(Decimal(38, 12)),
    cost Decimal(38, 12) COMMENT 'US dollars, exact; the sum of lines.cost',
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    kafka_offset Int64,
    INDEX by_offset kafka_offset TYPE minmax GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_provider_request providerRequestId TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour, event_id, event_source, attempt)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000,
    replicated_deduplication_window_seconds = 2592000;

-- Holds, and releases of holds of which nothing was consumed.
CREATE TABLE IF NOT EXISTS usage_holds
(
    tenant_id UUID,
    hour DateTime('UTC'),
    event_id String,
    event_source LowCardinality(String),
    event_time DateTime64(3, 'UTC'),
    kind LowCardinality(String) COMMENT 'held or released',
    request_id String,
    key_id String,
    provider LowCardinality(String),
    model LowCardinality(String),
    ceiling Nullable(Decimal(38, 12)),
    expires_at Nullable(DateTime64(3, 'UTC')),
    budget_id Nullable(String),
    reason Nullable(String),
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    kafka_offset Int64,
    INDEX by_offset kafka_offset TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour, event_id, event_source)
TTL hour + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000,
    replicated_deduplication_window_seconds = 2592000;

-- Records that were not counted, each with its reason: duplicate_settlement, malformed, tenant_mismatch.
CREATE TABLE IF NOT EXISTS usage_dropped
(
    hour DateTime('UTC') COMMENT 'of the Kafka record',
    reason LowCardinality(String),
    detail String,
    tenant_id Nullable(UUID),
    request_id Nullable(String),
    event_id Nullable(String),
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    kafka_offset Int64
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (kafka_log, kafka_partition, kafka_offset)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000,
    replicated_deduplication_window_seconds = 2592000;

-- Every version of every sealed hour. Written before it is published, and marked afterwards.
CREATE TABLE IF NOT EXISTS sealed_hours
(
    tenant_id UUID,
    hour DateTime('UTC'),
    version Int64,
    published UInt8,
    requests Int64,
    body String COMMENT 'the record on sealed-hours.v1, JSON'
)
ENGINE = ReplacingMergeTree(published)
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, hour, version);
