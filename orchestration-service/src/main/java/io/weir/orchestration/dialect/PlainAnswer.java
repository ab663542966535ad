package io.weir.orchestration.dialect;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole answer in OpenAI's form.
///
/// @param usage empty: the provider told none
/// @param id the provider's own id of the answer, or ours where it has none
/// @param thoughts that OpenAI's form leaves out, and that were generated too
public record PlainAnswer(byte[] body, Optional<ReportedUsage> usage, String id, String thoughts) {

    private static final JsonMapper JSON = JsonMapper.shared();

    PlainAnswer(byte[] body, Optional<ReportedUsage> usage, String id) {
        this(body, usage, id, "");
    }

    /// What was generated, read from the answer's text.
    public Produced produced() {
        Produced produced = new Produced();
        if (!thoughts.isEmpty()) {
            produced.text(0, thoughts);
        }
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
