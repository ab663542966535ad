package io.weir.analytics.ingestion;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A chunk as rows.
///
/// @param refused records that go to the dead-letter topic
/// @param afterwards run on the ingestion thread once the chunk is in ClickHouse for good; must be quick
public record Rendered(List<RenderedRow> rows, List<Refused> refused, Runnable afterwards) {

    public Rendered {
        rows = List.copyOf(rows);
        refused = List.copyOf(refused);
    }

    /// @param partition ClickHouse's own, for example `202611`
    /// @param offset of the Kafka record that it comes from
    /// @param json one line of JSONEachRow, with its line feed
    public record RenderedRow(String table, String partition, long offset, byte[] json) {}

    /// @param reason stable word, for example `malformed`
    /// @param detail what exactly was wrong
    public record Refused(ConsumerRecord<String, byte[]> source, String reason, String detail) {}
}
