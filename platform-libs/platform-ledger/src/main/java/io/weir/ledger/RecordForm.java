package io.weir.ledger;

import io.weir.kafka.TenantHeader;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import io.weir.tenancy.TenantId;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// What a process's events look like on the ledger's topic.
record RecordForm(LedgerWriterOptions options, String topic, long epoch) {

    /// An event before it has a number.
    ///
    /// @param tenant null: it is about no tenant
    /// @param stamp adds headers
    record Unnumbered(
            String id,
            UsageEvent event,
            Instant time,
            @Nullable TenantId tenant,
            Consumer<Headers> stamp) {}

    // The same event always has the same id, so that a repetition is recognised as one.
    static Unnumbered of(OfRequest event, Instant time, Consumer<Headers> stamp) {
        String kind = switch (event) {
            case Held held
            when held.renewal() != null -> "held/until/" + held.expiresAt().toEpochMilli();
            case Held held -> held.fallback() == null ? "held" : "held/" + held.fallback();
            case Settled settled -> "settled";
            case Released released -> "released";
        };
        return new Unnumbered(event.requestId() + "/" + kind, event, time, event.tenantId(), stamp);
    }

    /// @param count of ticks before it
    Unnumbered of(Tick tick, Instant time, int partition, long count) {
        String id = options.producerId() + "/" + epoch + "/" + partition + "/" + count;
        return new Unnumbered(id, tick, time, null, headers -> {});
    }

    String key(Unnumbered event) {
        return event.tenant() == null ? options.producerId() : event.tenant().toString();
    }

    ProducerRecord<String, byte[]> numbered(Unnumbered event, int partition, long sequence) {
        TenantId tenant = event.tenant();
        UsageRecord usage = new UsageRecord(
                event.id(),
                options.source(),
                event.time(),
                tenant,
                options.producerId(),
                epoch,
                sequence,
                event.event());
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(topic, partition, key(event), LedgerCodec.write(usage));
        if (tenant != null) {
            TenantHeader.stamp(record.headers(), tenant);
        }
        event.stamp().accept(record.headers());
        return record;
    }
}
