package io.weir.orchestration.dialect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One chunk of a stream, read in one pass.
final class Chunk {

    // Reads values out of the middle of a chunk, which something always follows.
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// What a chunk says about one choice.
    ///
    /// @param empty whether the delta brings neither text nor tool calls
    record Delta(
            int index,
            boolean hasRole,
            boolean empty,
            @Nullable String finish) {}

    @Nullable
    String id;

    @Nullable
    String model;

    long created = -1;

    /// Of the service that answers; null: it is not said.
    @Nullable
    String tier;

    @Nullable
    JsonNode error;

    @Nullable
    JsonNode usage;

    final List<Delta> deltas = new ArrayList<>();

    /// Where `"usage": null` stands, with the comma before it; -1: nowhere, or nothing stands before it.
    int nullUsageStart = -1;

    int nullUsageEnd = -1;

    /// Something in it breaks clients, so that it must not be passed on as it is.
    boolean irregular;

    private Chunk() {}

    /// Throws [tools.jackson.core.JacksonException] when it is no JSON.
    static Chunk read(byte[] data, Produced produced) {
        Chunk chunk = new Chunk();
        try (JsonParser json = JSON.createParser(data)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalStateException("a chunk that is no JSON object");
            }
            int previousEnd = -1;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = json.currentName();
                json.nextToken();
                chunk.readField(field, json, produced, previousEnd);
                json.skipChildren();
                json.finishToken();
                previousEnd = (int) json.currentLocation().getByteOffset();
                if (chunk.nullUsageStart >= 0 && chunk.nullUsageEnd < 0) {
                    chunk.nullUsageEnd = previousEnd;
                }
            }
        }
        return chunk;
    }

    private void readField(String field, JsonParser json, Produced produced, int previousEnd) {
        boolean present = json.currentToken() != JsonToken.VALUE_NULL;
        switch (field) {
            case "id" -> id = present ? json.getString() : null;
            case "model" -> model = present ? json.getString() : null;
            case "created" -> created = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
            case "service_tier" -> tier = json.currentToken() == JsonToken.VALUE_STRING ? json.getString() : null;
            case "error" -> readError(json, present);
            case "usage" -> readUsage(json, present, previousEnd);
            case "choices" -> readChoices(json, present, produced);
            default -> {}
        }
    }

    private void readError(JsonParser json, boolean present) {
        irregular = true;
        error = present ? JSON.readTree(json) : null;
    }

    private void readUsage(JsonParser json, boolean present, int previousEnd) {
        if (present) {
            usage = JSON.readTree(json);
        } else if (previousEnd > 0) {
            nullUsageStart = previousEnd;
        } else {
            irregular = true;
        }
    }

    private void readChoices(JsonParser json, boolean present, Produced produced) {
        irregular |= !present;
        while (present && json.nextToken() == JsonToken.START_OBJECT) {
            readChoice(json, produced);
        }
    }

    private void readChoice(JsonParser json, Produced produced) {
        DeltaReader delta = new DeltaReader(produced);
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "index" -> delta.index(json.getIntValue());
                case "delta" -> delta.read(json);
                case "finish_reason" -> delta.finish(value == JsonToken.VALUE_NULL ? null : json.getString());
                default -> {}
            }
            json.skipChildren();
        }
        Delta read = delta.finished();
        irregular |= delta.irregular() || (read.finish() != null && !read.empty());
        deltas.add(read);
    }
}
