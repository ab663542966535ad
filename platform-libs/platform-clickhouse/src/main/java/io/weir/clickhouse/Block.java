package io.weir.clickhouse;

import java.util.Map;

/// Rows that become one block, or nothing at all, provided that they are of one ClickHouse partition: those of two
/// would be two parts, of which a crash could keep one.
///
/// @param jsonLines rows as JSONEachRow; decimals and times as text
/// @param deduplicationToken the same token is inserted once, as long as the table's window remembers it
public record Block(String table, byte[] jsonLines, int rows, String deduplicationToken) {

    /// What makes the server treat the lines as one block, now, once, also in dependent views.
    Map<String, String> serverSettings() {
        return Map.ofEntries(
                Map.entry("async_insert", "0"),
                Map.entry("insert_deduplicate", "1"),
                Map.entry("deduplicate_blocks_in_dependent_materialized_views", "1"),
                Map.entry("insert_deduplication_token", deduplicationToken),
                // One block: neither cut by rows or bytes, nor by parsing in parallel.
                Map.entry("max_insert_block_size", "10000000"),
                Map.entry("min_insert_block_size_rows", "10000000"),
                Map.entry("min_insert_block_size_bytes", "0"),
                Map.entry("input_format_parallel_parsing", "0"),
                Map.entry("max_insert_threads", "1"),
                Map.entry("date_time_input_format", "best_effort"),
                Map.entry("input_format_skip_unknown_fields", "0"));
    }
}
