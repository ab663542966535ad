package io.weir.analytics.ingestion;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// The records of one partition in `[from, to)`. The same bounds always mean the same records.
///
/// @param log topic and topic id: a topic that was made anew is another log, although its offsets begin again
/// @param unsure whether ClickHouse may hold some of it already
public record Chunk(
        String log, int partition, long from, long to, List<ConsumerRecord<String, byte[]>> records, boolean unsure) {

    public Chunk {
        records = List.copyOf(records);
    }
}
