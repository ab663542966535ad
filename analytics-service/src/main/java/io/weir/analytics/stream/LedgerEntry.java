package io.weir.analytics.stream;

import io.weir.kafka.TenantHeader;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.tenancy.TenantId;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A record of the ledger that may tell of an outcome, not yet read in full.
///
/// @param tenant as its header names it; the payload is compared with it when it is read
record LedgerEntry(TenantId tenant, ConsumerRecord<String, byte[]> source) {

    private static final JsonFactory JSON = new JsonFactory();

    /// Empty for holds, ticks and what is no event at all.
    static Optional<LedgerEntry> of(ConsumerRecord<String, byte[]> source) {
        return source.value() == null || !tellsOfAnOutcome(source.value())
                ? Optional.empty()
                : TenantHeader.read(source.headers()).map(tenant -> new LedgerEntry(tenant, source));
    }

    int partition() {
        return source.partition();
    }

    long offset() {
        return source.offset();
    }

    int bytes() {
        return source.value().length;
    }

    // Writers put the type near the start; the rest is read only for tenants that are watched.
    private static boolean tellsOfAnOutcome(byte[] value) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), value)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean isType = "type".equals(json.currentName());
                json.nextToken();
                if (isType) {
                    String type = json.getString();
                    return Settled.TYPE.equals(type) || Released.TYPE.equals(type);
                }
                json.skipChildren();
            }
            return false;
        } catch (JacksonException malformed) {
            return false;
        }
    }
}
