package io.weir.ledger;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Ledger events as CloudEvents 1.0 in JSON (structured mode).
public final class LedgerCodec {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    // Each knows its deserializer; a mapper would look for it, and contextualize it, at each event.
    private static final Map<String, ObjectReader> READERS = Map.of(
            Held.TYPE, reader(Held.class),
            Settled.TYPE, reader(Settled.class),
            Released.TYPE, reader(Released.class),
            Tick.TYPE, reader(Tick.class));

    private LedgerCodec() {}

    private static ObjectReader reader(Class<? extends UsageEvent> type) {
        return JSON.readerFor(type).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    private static ObjectReader readerOf(String type) {
        ObjectReader reader = READERS.get(type);
        if (reader == null) {
            throw new IllegalArgumentException("type: '" + type + "' (expected: a usage event)");
        }
        return reader;
    }

    public static byte[] write(UsageRecord usage) {
        return JSON.writeValueAsBytes(usage);
    }

    /// Throws [MalformedUsageException] when the bytes are no ledger event that this version knows.
    public static UsageRecord read(byte[] bytes) {
        try (JsonParser json = JSON.createParser(bytes)) {
            UsageRecord usage = Envelope.read(json).open();
            requireWhole(usage.data());
            return usage;
        } catch (JacksonException | DateTimeException | IllegalArgumentException | NullPointerException malformed) {
            throw new MalformedUsageException(malformed);
        }
    }

    /// What is read in one go, for readers take tens of thousands of events in a second: no tree is made where the
    /// type comes before the data, as all our writers have it. Missing text is empty, as in a tree.
    private static final class Envelope {

        private String type = "";
        private String id = "";
        private String source = "";
        private @Nullable Instant time;
        private String producer = "";
        private long epoch;
        private long sequence;
        private @Nullable UsageEvent event;
        private @Nullable JsonNode early;

        static Envelope read(JsonParser json) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            Envelope envelope = new Envelope();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                envelope.take(name, json);
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("something follows the event");
            }
            return envelope;
        }

        private void take(String name, JsonParser json) {
            switch (name) {
                case "type" -> type = text(json);
                case "id" -> id = text(json);
                case "source" -> source = text(json);
                case "time" -> time = Instant.parse(text(json));
                case "producerid" -> producer = text(json);
                case "producerepoch" -> epoch = whole(json);
                case "producersequence" -> sequence = whole(json);
                case "data" -> {
                    if (type.isEmpty()) {
                        early = json.readValueAsTree();
                    } else {
                        event = readerOf(type).readValue(json);
                    }
                }
                default -> json.skipChildren();
            }
        }

        private static String text(JsonParser json) {
            if (json.currentToken().isStructStart()) {
                throw new IllegalArgumentException(json.currentName() + ": not text");
            }
            return json.getValueAsString("");
        }

        private static long whole(JsonParser json) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new IllegalArgumentException(json.currentName() + ": not a whole number");
            }
            return json.getLongValue();
        }

        UsageRecord open() {
            UsageEvent data = early == null ? event : readerOf(type).readValue(early);
            return new UsageRecord(
                    id,
                    source,
                    Objects.requireNonNull(time, "time"),
                    data instanceof UsageEvent.OfRequest ofRequest ? ofRequest.tenantId() : null,
                    producer,
                    epoch,
                    sequence,
                    Objects.requireNonNull(data, "data"));
        }
    }

    // What everybody who reads it relies on.
    private static void requireWhole(UsageEvent event) {
        if (event instanceof UsageEvent.OfRequest ofRequest) {
            Objects.requireNonNull(ofRequest.requestId(), "requestId");
            Objects.requireNonNull(ofRequest.tenantId(), "tenantId");
        }
        if (event instanceof Held held) {
            Objects.requireNonNull(held.ceiling(), "ceiling");
            Objects.requireNonNull(held.expiresAt(), "expiresAt");
        }
        if (event instanceof Settled settled) {
            Objects.requireNonNull(settled.cost(), "cost");
            Objects.requireNonNull(settled.outcome(), "outcome");
        }
    }
}
