package io.weir.analytics.metering;

import io.weir.analytics.ingestion.DeadLetters;
import io.weir.kafka.TenantHeader;
import io.weir.ledger.LedgerCodec;
import io.weir.ledger.MalformedUsageException;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageRecord;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// A record of the ledger: either an event, or why it is none.
///
/// @param usage null: refused for `reason`
/// @param stamp null: it does not say who wrote it
record ReadRecord(
        ConsumerRecord<String, byte[]> source,
        @Nullable UsageRecord usage,
        @Nullable Stamp stamp,
        String reason,
        String detail) {

    private static final int LONGEST_DETAIL = 500;

    static ReadRecord of(ConsumerRecord<String, byte[]> source) {
        if (source.value() == null) {
            return new ReadRecord(source, null, null, "malformed", "no value");
        }
        try {
            UsageRecord usage = LedgerCodec.read(source.value());
            Stamp stamp = Stamp.of(usage);
            return usage.data() instanceof OfRequest event && !sameTenant(source, event)
                    ? new ReadRecord(source, null, stamp, "tenant_mismatch", "header tenant-id and payload differ")
                    : new ReadRecord(source, usage, stamp, "", "");
        } catch (MalformedUsageException malformed) {
            return new ReadRecord(source, null, Stamp.of(source.value()), "malformed", detail(malformed));
        }
    }

    /// Whether it was refused before, and sent again since.
    boolean isReplayed() {
        return source.headers().lastHeader(DeadLetters.REPLAYED) != null;
    }

    static String detail(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text;
    }

    private static boolean sameTenant(ConsumerRecord<String, byte[]> source, OfRequest event) {
        return TenantHeader.read(source.headers()).equals(Optional.ofNullable(event.tenantId()));
    }
}
