package io.weir.embedded.clickhouse;

/// What a finished statement read, wrote and answered, as the `X-ClickHouse-Summary` header tells it.
record QueryStatistics(
        long readRows, long readBytes, long writtenRows, long writtenBytes, long resultRows, long resultBytes) {

    /// JSON with every number as a string, as ClickHouse writes it.
    String summary(long elapsedNanos) {
        return "{\"read_rows\":\"" + readRows + "\",\"read_bytes\":\"" + readBytes + "\",\"written_rows\":\""
                + writtenRows
                + "\",\"written_bytes\":\"" + writtenBytes + "\",\"total_rows_to_read\":\"0\",\"result_rows\":\""
                + resultRows + "\",\"result_bytes\":\"" + resultBytes + "\",\"elapsed_ns\":\"" + elapsedNanos + "\"}";
    }
}
