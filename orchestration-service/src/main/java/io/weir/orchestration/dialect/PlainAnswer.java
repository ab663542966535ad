package io.weir.orchestration.dialect;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole answer, as far as metering minds it.
///
/// @param usage null: it had none
public record PlainAnswer(byte[] body, @Nullable JsonNode usage) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// Empty when the bytes are no chat completion, so that they must not be passed on as one.
    public static Optional<PlainAnswer> read(byte[] body) {
        try {
            JsonNode answer = JSON.readTree(body);
            if (!answer.path("choices").isArray() || answer.path("choices").isEmpty()) {
                return Optional.empty();
            }
            JsonNode usage = answer.path("usage");
            return Optional.of(new PlainAnswer(body, usage.isObject() ? usage : null));
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    /// What was generated, read from the answer's text.
    public Produced produced() {
        Produced produced = new Produced();
        for (JsonNode choice : JSON.readTree(body).path("choices").values()) {
            int index = choice.path("index").asInt(0);
            JsonNode message = choice.path("message");
            produced.text(index, message.path("content").asString(""));
            for (JsonNode call : message.path("tool_calls").values()) {
                produced.toolCall();
                produced.arguments(
                        index, call.path("function").path("arguments").asString(""));
            }
        }
        return produced;
    }

    @Override
    public String toString() {
        return "PlainAnswer[" + body.length + " bytes]";
    }
}
