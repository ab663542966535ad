package io.weir.orchestration.dialect;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads one choice of a chunk. What is generated is noted once the choice's index is known, which may come last.
final class DeltaReader {

    private final Produced produced;
    private final List<String> texts = new ArrayList<>(1);
    private final List<String> arguments = new ArrayList<>(0);
    private int index = -1;
    private boolean role;
    private boolean toolCalls;
    private boolean finishSeen;
    private boolean irregular;
    private @Nullable String finish;

    DeltaReader(Produced produced) {
        this.produced = produced;
    }

    void index(int value) {
        index = value;
    }

    /// An empty reason ends some clients early.
    void finish(@Nullable String reason) {
        finishSeen = true;
        irregular |= reason != null && reason.isEmpty();
        finish = reason == null || reason.isEmpty() ? null : reason;
    }

    void read(JsonParser json) {
        irregular |= json.currentToken() != JsonToken.START_OBJECT;
        while (json.currentToken() != JsonToken.VALUE_NULL && json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "role" -> role = value == JsonToken.VALUE_STRING;
                case "content", "refusal", "reasoning_content" -> {
                    if (value == JsonToken.VALUE_STRING && json.getStringLength() > 0) {
                        texts.add(json.getString());
                    }
                }
                case "tool_calls" -> readToolCalls(json);
                default -> {}
            }
            json.skipChildren();
        }
    }

    private void readToolCalls(JsonParser json) {
        while (json.currentToken() != JsonToken.VALUE_NULL && json.nextToken() == JsonToken.START_OBJECT) {
            toolCalls = true;
            boolean indexed = false;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = json.currentName();
                json.nextToken();
                indexed |= field.equals("index");
                if (field.equals("function") && json.currentToken() == JsonToken.START_OBJECT) {
                    readFunction(json);
                } else {
                    json.skipChildren();
                }
            }
            irregular |= !indexed;
        }
    }

    private void readFunction(JsonParser json) {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (field.equals("name") && value == JsonToken.VALUE_STRING) {
                produced.toolCall();
            } else if (field.equals("arguments") && value == JsonToken.VALUE_STRING) {
                arguments.add(json.getString());
            } else {
                json.skipChildren();
            }
        }
    }

    boolean irregular() {
        return irregular || index < 0 || !finishSeen;
    }

    Chunk.Delta finished() {
        int choice = Math.max(0, index);
        texts.forEach(text -> produced.text(choice, text));
        arguments.forEach(text -> produced.arguments(choice, text));
        return new Chunk.Delta(choice, role, texts.isEmpty() && !toolCalls, finish);
    }
}
