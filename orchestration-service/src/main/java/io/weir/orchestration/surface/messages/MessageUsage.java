package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.WireJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's usage as Anthropic counts: what was read from a cache or written to it is not in `input_tokens`.
final class MessageUsage {

    private MessageUsage() {}

    static final String COST = "x_cost_usd";

    /// With the cost beside it, where that is known: clients keep members that they do not know.
    static ObjectNode of(JsonNode usage, String costUsd) {
        ObjectNode told = of(usage);
        return costUsd.isEmpty() ? told : told.put(COST, costUsd);
    }

    static ObjectNode of(JsonNode usage) {
        long prompt = count(usage, "prompt_tokens");
        JsonNode details = usage.path("prompt_tokens_details");
        long read = details.has("cached_tokens")
                ? count(details, "cached_tokens")
                : Math.max(count(usage, "prompt_cache_hit_tokens"), count(usage, "cached_tokens"));
        long written = Math.max(count(details, "cache_write_tokens"), count(details, "cache_creation_tokens"));
        // Where reasoning is counted apart, the total alone has it.
        long output = Math.max(count(usage, "completion_tokens"), count(usage, "total_tokens") - prompt);
        ObjectNode told = WireJson.object();
        told.put("input_tokens", Math.max(0, prompt - read - written));
        told.put("cache_creation_input_tokens", written);
        told.put("cache_read_input_tokens", read);
        told.put("output_tokens", output);
        return told;
    }

    private static long count(JsonNode parent, String field) {
        return Math.max(0, parent.path(field).asLong(0));
    }
}
