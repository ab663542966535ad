/// ClickHouse: blocks that are inserted exactly once, queries that carry their tenant, and the schema's history.
/// Does not own any table (analytics-service).
@NullMarked
package io.weir.clickhouse;

import org.jspecify.annotations.NullMarked;
