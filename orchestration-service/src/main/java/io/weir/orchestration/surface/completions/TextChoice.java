package io.weir.orchestration.surface.completions;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One choice as it grows. For one thread at a time.
final class TextChoice {

    private final int index;
    private String before;
    private int offset;

    /// @param before what its text begins with; empty: nothing
    TextChoice(int index, String before) {
        this.index = index;
        this.before = before;
    }

    /// What comes, as a choice of this API has it.
    ///
    /// @param said a message, or its delta
    /// @param choice that it stands in
    ObjectNode take(JsonNode said, JsonNode choice) {
        String content = said.path("content").asString("");
        String text = before + (content.isEmpty() ? said.path("refusal").asString("") : content);
        before = "";
        ObjectNode json = WireJson.object().put("text", text).put("index", index);
        JsonNode tokens = choice.path("logprobs").path("content");
        json.set("logprobs", tokens.isArray() ? likely(tokens) : null);
        String finish = choice.path("finish_reason").asString("");
        return json.put("finish_reason", finish.isEmpty() ? null : finish);
    }

    private ObjectNode likely(JsonNode tokens) {
        ObjectNode likely = WireJson.object();
        ArrayNode texts = likely.putArray("tokens");
        ArrayNode own = likely.putArray("token_logprobs");
        ArrayNode others = likely.putArray("top_logprobs");
        ArrayNode offsets = likely.putArray("text_offset");
        for (JsonNode token : tokens.values()) {
            String text = token.path("token").asString("");
            texts.add(text);
            own.add(token.path("logprob"));
            ObjectNode top = others.addObject();
            for (JsonNode other : token.path("top_logprobs").values()) {
                top.set(other.path("token").asString(""), other.path("logprob"));
            }
            offsets.add(offset);
            offset += text.codePointCount(0, text.length());
        }
        return likely;
    }
}
