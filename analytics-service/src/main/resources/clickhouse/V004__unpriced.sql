-- What prices a row again: the tier and the instant whose rules were asked for, and why a row has no price.
ALTER TABLE usage_attempts
    ADD COLUMN IF NOT EXISTS service_tier LowCardinality(String) DEFAULT '' COMMENT 'empty: standard',
    ADD COLUMN IF NOT EXISTS priced_at Nullable(DateTime64(3, 'UTC')) COMMENT 'the instant whose rules were asked for',
    ADD COLUMN IF NOT EXISTS unpriced_reason LowCardinality(String) DEFAULT '' COMMENT 'empty: it is priced',
    ADD COLUMN IF NOT EXISTS unpriced_meters Map(LowCardinality(String), Int64) COMMENT 'what stands in the way';
