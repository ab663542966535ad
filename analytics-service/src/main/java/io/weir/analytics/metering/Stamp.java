package io.weir.analytics.metering;

import io.weir.ledger.ProducerSequences.Producer;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which process wrote a record, as its how manieth. Known of many records whose payload nobody can read: these are
/// quarantined, not missing.
///
/// @param last whether the process says goodbye with it
record Stamp(Producer producer, long sequence, Instant time, boolean last) {

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    Stamp {
        // No honest event is outside of it; nothing that is derived from a time may break.
        time = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
    }

    static @Nullable Stamp of(UsageRecord usage) {
        // What is absent in a record's JSON is null or empty, whatever the record's type promises.
        boolean complete = usage.producerid() != null && !usage.producerid().isEmpty() && usage.time() != null;
        return complete
                ? new Stamp(
                        new Producer(usage.producerid(), usage.producerepoch()),
                        usage.producersequence(),
                        usage.time(),
                        usage.data() instanceof Tick tick && tick.last())
                : null;
    }

    /// Of a record that is no event; null where it does not say.
    static @Nullable Stamp of(byte[] malformed) {
        try {
            JsonNode tree = JSON.readTree(malformed);
            String id = tree.path("producerid").asString("");
            JsonNode epoch = tree.path("producerepoch");
            JsonNode sequence = tree.path("producersequence");
            return id.isEmpty() || !epoch.canConvertToLong() || !sequence.canConvertToLong()
                    ? null
                    : new Stamp(
                            new Producer(id, epoch.asLong()),
                            sequence.asLong(),
                            Instant.parse(tree.path("time").asString("")),
                            false);
        } catch (JacksonException | DateTimeException unreadable) {
            return null;
        }
    }
}
