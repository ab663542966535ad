package io.weir.analytics.ingestion;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// A chunk as rows.
///
/// @param refused records that go to the dead-letter topic
/// @param afterwards run on the ingestion thread once the chunk is in ClickHouse for good; must be quick
/// @param memory what its partition's next reader must know of all up to the chunk's end; kept with the committed
/// offset, printable ASCII, [#LONGEST_MEMORY] characters at most; empty: nothing
public record Rendered(List<RenderedRow> rows, List<Refused> refused, Runnable afterwards, String memory) {

    /// What brokers take as metadata of an offset, less what stands before it.
    public static final int LONGEST_MEMORY = 4_000;

    public Rendered {
        rows = List.copyOf(rows);
        refused = List.copyOf(refused);
        if (memory.length() > LONGEST_MEMORY) {
            throw new IllegalArgumentException(
                    "memory of " + memory.length() + " characters (expected: at most " + LONGEST_MEMORY + ")");
        }
    }

    public Rendered(List<RenderedRow> rows, List<Refused> refused, Runnable afterwards) {
        this(rows, refused, afterwards, "");
    }

    /// @param partition ClickHouse's own, for example `202611`
    /// @param offset of the Kafka record that it comes from
    /// @param json one line of JSONEachRow, with its line feed
    public record RenderedRow(String table, String partition, long offset, byte[] json) {}

    /// @param reason stable word, for example `malformed`
    /// @param detail what exactly was wrong
    public record Refused(ConsumerRecord<String, byte[]> source, String reason, String detail) {}
}
