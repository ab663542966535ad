package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the response object: what it is, how it stands, and what it repeats of its request. For one response and one
/// thread at a time.
final class ResponseForm {

    private final String id;
    private final long at;
    private final ObjectNode echo;
    private String model;
    private String tier = "";

    /// @param model unless the provider names it otherwise
    /// @param at seconds since the epoch
    ResponseForm(String id, String model, long at, ObjectNode echo) {
        this.id = id;
        this.model = model;
        this.at = at;
        this.echo = echo;
    }

    /// The model as its provider names it. Empty is as good as nothing.
    void servedBy(String name) {
        model = name.isEmpty() ? model : name;
    }

    /// The provider's word for the tier. Empty is as good as nothing.
    void servedIn(String name) {
        tier = name.isEmpty() ? tier : name;
    }

    /// While it is under way: nothing of its output yet.
    ObjectNode begun() {
        return written("in_progress", null, null, new Output("", Events.NONE), WireJson.object());
    }

    /// @param usage of a chat completion
    ObjectNode ended(Ending ending, Output output, JsonNode usage) {
        ObjectNode details = null;
        if (!ending.isComplete()) {
            details = WireJson.object().put("reason", ending.reason());
        }
        return written(ending.status(), null, details, output, usage);
    }

    /// @param error `code` and `message`
    ObjectNode failed(ObjectNode error, Output output) {
        return written("failed", error, null, output, WireJson.object());
    }

    private ObjectNode written(
            String status, @Nullable ObjectNode error, @Nullable ObjectNode incomplete, Output output, JsonNode usage) {
        ObjectNode response = WireJson.object();
        response.put("id", id).put("object", "response").put("created_at", at);
        response.put("status", status).put("model", model);
        response.set("error", error);
        response.set("incomplete_details", incomplete);
        response.set("output", output.items());
        response.setAll(echo);
        if (!tier.isEmpty()) {
            response.put("service_tier", tier);
        }
        response.set("usage", usage.has("prompt_tokens") ? counted(usage) : null);
        return response;
    }

    private static ObjectNode counted(JsonNode usage) {
        long input = usage.path("prompt_tokens").asLong(0);
        long output = usage.path("completion_tokens").asLong(0);
        ObjectNode counted = WireJson.object().put("input_tokens", input);
        JsonNode read = usage.path("prompt_tokens_details");
        counted.putObject("input_tokens_details")
                .put("cached_tokens", read.path("cached_tokens").asLong(0))
                .put("cache_write_tokens", written(read));
        counted.put("output_tokens", output);
        counted.putObject("output_tokens_details")
                .put(
                        "reasoning_tokens",
                        usage.path("completion_tokens_details")
                                .path("reasoning_tokens")
                                .asLong(0));
        return counted.put("total_tokens", usage.path("total_tokens").asLong(input + output));
    }

    // As OpenAI and as others name it.
    private static long written(JsonNode details) {
        return details.path("cache_write_tokens")
                .asLong(details.path("cache_creation_tokens").asLong(0));
    }
}
