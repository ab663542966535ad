package io.weir.analytics.metering;

import io.weir.analytics.ingestion.Chunk;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.ledger.UsageRecord;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Whether this version would take a record.
public final class LedgerRecords {

    // Bounds do not matter to whether rows can be made.
    private static final Chunk ANY = new Chunk("", 0, 0, 0, List.of(), false);

    private LedgerRecords() {}

    /// False where ingestion refuses it.
    public static boolean isAccepted(ConsumerRecord<String, byte[]> record) {
        UsageRecord usage = ReadRecord.of(record).usage();
        if (usage == null) {
            return false;
        }
        try {
            return switch (usage.data()) {
                case Held held -> UsageRows.held(ANY, 0, usage, held).offset() == 0;
                case Released released ->
                    UsageRows.released(ANY, 0, usage, released).offset() == 0;
                case Settled settled ->
                    !UsageRows.settled(ANY, 0, usage, settled).isEmpty();
                case Tick tick -> true;
            };
        } catch (RuntimeException incomplete) {
            // As ingestion does: a payload of which no row can be made is refused.
            return false;
        }
    }
}
