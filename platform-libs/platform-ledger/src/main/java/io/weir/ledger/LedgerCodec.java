package io.weir.ledger;

import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.ledger.UsageEvent.Tick;
import java.time.Instant;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Ledger events as CloudEvents 1.0 in JSON (structured mode).
public final class LedgerCodec {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private LedgerCodec() {}

    public static byte[] write(UsageRecord usage) {
        ObjectNode out = JSON.createObjectNode();
        out.put("specversion", "1.0");
        out.put("type", usage.data().type());
        out.put("datacontenttype", "application/json");
        ObjectNode rest = JSON.valueToTree(usage);
        rest.forEachEntry(out::set);
        return JSON.writeValueAsBytes(out);
    }

    /// Throws [MalformedUsageException] when the bytes are no ledger event that this version knows.
    public static UsageRecord read(byte[] bytes) {
        try {
            JsonNode tree = JSON.readTree(bytes);
            String type = tree.path("type").asString("");
            // Jackson makes null of what is missing.
            UsageEvent event = Objects.requireNonNull(JSON.treeToValue(tree.path("data"), typeOf(type)), "data");
            requireWhole(event);
            return new UsageRecord(
                    tree.path("id").asString(),
                    tree.path("source").asString(),
                    Objects.requireNonNull(JSON.treeToValue(tree.path("time"), Instant.class), "time"),
                    event instanceof UsageEvent.OfRequest ofRequest ? ofRequest.tenantId() : null,
                    tree.path("producerid").asString(),
                    tree.path("producerepoch").asLong(),
                    tree.path("producersequence").asLong(),
                    event);
        } catch (JacksonException | IllegalArgumentException | NullPointerException malformed) {
            throw new MalformedUsageException(malformed);
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

    private static Class<? extends UsageEvent> typeOf(String type) {
        return switch (type) {
            case Held.TYPE -> Held.class;
            case Settled.TYPE -> Settled.class;
            case Released.TYPE -> Released.class;
            case Tick.TYPE -> Tick.class;
            default -> throw new IllegalArgumentException("type: '" + type + "' (expected: a usage event)");
        };
    }
}
