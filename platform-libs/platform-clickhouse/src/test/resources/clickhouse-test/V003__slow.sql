-- Takes about two seconds, whatever the timeout of inserts is.
CREATE TABLE IF NOT EXISTS slow (n UInt64) ENGINE = MergeTree ORDER BY n;
INSERT INTO slow SELECT number FROM numbers(4) WHERE sleepEachRow(0.5) = 0;
