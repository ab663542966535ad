-- One row per request that came to an end: its first settlement or release in the partition. What the live cost stream
-- counts. Small, and without an end of life: a count must not go back when holds are forgotten.
CREATE TABLE IF NOT EXISTS usage_outcomes
(
    tenant_id UUID,
    seq Int64 COMMENT 'how many of the tenant''s requests came to an end up to here, this one included',
    counted Bool COMMENT 'false: a settlement after the release of its request; it moves amounts, not seq',
    hour DateTime('UTC'),
    event_time DateTime64(3, 'UTC'),
    kind LowCardinality(String) COMMENT 'settled or released',
    request_id String,
    provider LowCardinality(String),
    model LowCardinality(String),
    route_reason String,
    tokens_in Int64,
    tokens_out Int64,
    cost Decimal(38, 12),
    savings Decimal(38, 12),
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    kafka_offset Int64,
    INDEX by_offset kafka_offset TYPE minmax GRANULARITY 1,
    INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION outcomes
    (SELECT request_id, tenant_id, kind, kafka_log, kafka_partition, kafka_offset ORDER BY request_id)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (tenant_id, seq, kafka_log, kafka_partition, kafka_offset)
SETTINGS non_replicated_deduplication_window = 10000, replicated_deduplication_window = 10000,
    replicated_deduplication_window_seconds = 2592000, deduplicate_merge_projection_mode = 'rebuild';

-- What was stored before this table existed. Begun anew after an interruption, it adds what is missing.
INSERT INTO usage_outcomes
SELECT tenant_id, seq, counted, hour, event_time, kind, request_id, provider, model, route_reason, tokens_in, tokens_out,
       cost, savings, kafka_log, kafka_partition, kafka_offset
FROM
(
    SELECT *, toInt64(sum(counted) OVER (PARTITION BY tenant_id ORDER BY kafka_log, kafka_partition, kafka_offset
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS seq
    FROM
    (
        SELECT *, row_number() OVER (PARTITION BY tenant_id, request_id
                                     ORDER BY kafka_log, kafka_partition, kafka_offset) = 1 AS counted
        FROM
        (
            SELECT tenant_id, hour, event_time, 'settled' AS kind, request_id, served_provider AS provider,
                   served_model AS model, route_reason, tokens_in, tokens_out, cost, savings,
                   kafka_log, kafka_partition, kafka_offset
            FROM usage_requests FINAL
            UNION ALL
            SELECT tenant_id, hour, event_time, 'released', request_id, '', '', '', 0, 0,
                   toDecimal128(0, 12), toDecimal128(0, 12), kafka_log, kafka_partition, kafka_offset
            FROM usage_holds FINAL
            WHERE kind = 'released'
        )
    )
    WHERE counted OR kind = 'settled'
)
WHERE (tenant_id, request_id, kind) NOT IN (SELECT tenant_id, request_id, kind FROM usage_outcomes);
