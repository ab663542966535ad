package io.weir.orchestration.dialect;

import io.weir.problem.PlatformException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonToken;

/// The types of the fields that OpenAI documents, and of our own. Null stands for absence; unknown fields are not
/// looked at.
final class RequestFields {

    private static final Kind BOOLEAN =
            new Kind("true or false", EnumSet.of(JsonToken.VALUE_TRUE, JsonToken.VALUE_FALSE));
    private static final Kind WHOLE = new Kind("a whole number", EnumSet.of(JsonToken.VALUE_NUMBER_INT));
    private static final Kind NUMBER =
            new Kind("a number", EnumSet.of(JsonToken.VALUE_NUMBER_INT, JsonToken.VALUE_NUMBER_FLOAT));
    private static final Kind TEXT = new Kind("a string", EnumSet.of(JsonToken.VALUE_STRING));
    private static final Kind OBJECT = new Kind("an object", EnumSet.of(JsonToken.START_OBJECT));
    private static final Kind ARRAY = new Kind("an array", EnumSet.of(JsonToken.START_ARRAY));

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("model", TEXT),
            Map.entry("messages", ARRAY),
            Map.entry("stream", BOOLEAN),
            Map.entry("stream_options", OBJECT),
            Map.entry("n", WHOLE),
            Map.entry("max_tokens", WHOLE),
            Map.entry("max_completion_tokens", WHOLE),
            Map.entry("temperature", NUMBER),
            Map.entry("top_p", NUMBER),
            Map.entry("presence_penalty", NUMBER),
            Map.entry("frequency_penalty", NUMBER),
            Map.entry("seed", WHOLE),
            Map.entry("logprobs", BOOLEAN),
            Map.entry("top_logprobs", WHOLE),
            Map.entry("logit_bias", OBJECT),
            Map.entry("metadata", OBJECT),
            Map.entry("modalities", ARRAY),
            Map.entry("parallel_tool_calls", BOOLEAN),
            Map.entry("response_format", OBJECT),
            Map.entry("service_tier", TEXT),
            Map.entry(
                    "stop",
                    new Kind(
                            "a string or an array of strings",
                            EnumSet.of(JsonToken.VALUE_STRING, JsonToken.START_ARRAY))),
            Map.entry("store", BOOLEAN),
            Map.entry("tools", ARRAY),
            Map.entry("functions", ARRAY),
            Map.entry(
                    "tool_choice",
                    new Kind("a string or an object", EnumSet.of(JsonToken.VALUE_STRING, JsonToken.START_OBJECT))),
            Map.entry("user", TEXT),
            Map.entry("prompt_cache_key", TEXT),
            Map.entry("provider", OBJECT),
            Map.entry("models", ARRAY));

    private RequestFields() {}

    /// Throws a 400 naming the field when the value at hand is not of its type.
    static void check(String field, JsonToken value) {
        Kind kind = KINDS.get(field);
        if (kind != null && value != JsonToken.VALUE_NULL && !kind.tokens.contains(value)) {
            throw wrongType(field, kind.expected, value);
        }
    }

    static boolean isKnown(String field) {
        return KINDS.containsKey(field);
    }

    static PlatformException wrongType(String path, String expected, JsonToken got) {
        return PlatformException.invalid(
                path, "Invalid type for '" + path + "': expected " + expected + ", got " + named(got) + ".");
    }

    static PlatformException missing(String path) {
        return PlatformException.invalid(path, "Missing required parameter: '" + path + "'.");
    }

    private static String named(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }

    private record Kind(String expected, Set<JsonToken> tokens) {}
}
