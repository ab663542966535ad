package io.weir.orchestration.surface.messages;

import tools.jackson.databind.JsonNode;

/// A model's thoughts, where its provider shows them in chat completions.
final class Thoughts {

    private Thoughts() {}

    /// As DeepSeek and many after it name them, or as OpenRouter does.
    static String in(JsonNode said) {
        String thoughts = said.path("reasoning_content").asString("");
        return thoughts.isEmpty() ? said.path("reasoning").asString("") : thoughts;
    }
}
