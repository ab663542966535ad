-- What a provider charged beyond what was held for the call: the platform's, in no line, never the tenant's.
ALTER TABLE usage_attempts
    ADD COLUMN IF NOT EXISTS ceiling_breach Decimal(38, 12) DEFAULT 0 COMMENT 'US dollars, beyond cost';

-- A dropped duplicate names what it would have cost, for those who compare.
ALTER TABLE usage_dropped
    ADD COLUMN IF NOT EXISTS cost Nullable(Decimal(38, 12)) COMMENT 'of a settlement that was dropped';

-- Missing ledger events that an operator accepted as lost; hours after them are sealed again.
CREATE TABLE IF NOT EXISTS ledger_gaps_accepted
(
    kafka_log LowCardinality(String),
    kafka_partition Int32,
    producer_id String,
    producer_epoch Int64,
    first Int64 COMMENT 'number of the first missing event',
    last Int64 COMMENT 'number of the last missing event',
    since DateTime64(3, 'UTC') COMMENT 'before it none of them can have happened',
    accepted_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (kafka_log, kafka_partition, producer_id, producer_epoch, first, last);

-- Refused records that were sent to the ledger again.
CREATE TABLE IF NOT EXISTS dead_letters_replayed
(
    source String COMMENT 'topic/partition/offset where it was refused',
    replayed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY source
TTL toDateTime(replayed_at) + INTERVAL 90 DAY;
