package io.weir.simulators.provider.openai;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `response_format`: whether the answer is prose, any JSON object, or JSON of a schema.
final class ResponseFormat {

    private ResponseFormat() {}

    /// The schema that the answer fits, an empty one for `json_object`, null for prose.
    static @Nullable JsonNode schemaOf(JsonNode format) {
        if (format.isMissingNode() || format.isNull()) {
            return null;
        }
        return switch (format.path("type").asString("")) {
            case "text" -> null;
            case "json_object" -> JsonNodeFactory.instance.objectNode();
            case "json_schema" -> named(format.path("json_schema"));
            default ->
                throw OpenAiException.invalid(
                        "response_format.type",
                        "invalid_value",
                        "Invalid value: " + format.path("type")
                                + ". Supported values are: 'json_object', 'json_schema', and 'text'.");
        };
    }

    private static JsonNode named(JsonNode schema) {
        if (!schema.path("name").isString()) {
            throw OpenAiException.invalid(
                    "response_format.json_schema.name",
                    "missing_required_parameter",
                    "Missing required parameter: 'response_format.json_schema.name'.");
        }
        return schema.path("schema");
    }
}
