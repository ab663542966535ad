package io.weir.simulators.provider.gemini;

import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Gemini's own schema language, a part of OpenAPI's: a keyword of JSON Schema beyond it is refused, which is what most
/// often breaks a translation. `parametersJsonSchema` and `responseJsonSchema` take JSON Schema as it is.
final class GeminiSchema {

    private static final int MAX_DEPTH = 32;

    private static final Set<String> KEYWORDS = Set.of(
            "type",
            "format",
            "title",
            "description",
            "nullable",
            "enum",
            "maxItems",
            "minItems",
            "properties",
            "required",
            "minProperties",
            "maxProperties",
            "minLength",
            "maxLength",
            "pattern",
            "example",
            "anyOf",
            "propertyOrdering",
            "default",
            "items",
            "minimum",
            "maximum");

    private static final Set<String> TYPES =
            Set.of("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL");

    private GeminiSchema() {}

    /// Returns the schema, or refuses it naming what is wrong.
    static JsonNode checked(JsonNode schema, String at) {
        check(schema, at, 0);
        return schema;
    }

    private static void check(JsonNode schema, String at, int depth) {
        if (depth > MAX_DEPTH) {
            throw GeminiException.invalid("Schema at '" + at + "' is nested too deeply");
        }
        GeminiFields fields = new GeminiFields(schema, at);
        if (!schema.isObject()) {
            throw GeminiException.invalid("Invalid value at '" + at + "': " + schema);
        }
        fields.knowing(KEYWORDS);
        if (!TYPES.contains(fields.text("type", "OBJECT").toUpperCase(Locale.ROOT))) {
            throw fields.wrongValue("type", schema.path("type"));
        }
        if (schema.path("enum").isArray() && !schema.path("enum").valueStream().allMatch(JsonNode::isString)) {
            throw fields.wrongValue("enum", schema.path("enum"));
        }
        schema.path("properties")
                .forEachEntry((name, property) -> check(property, at + ".properties[" + name + "].value", depth + 1));
        if (schema.has("items")) {
            check(schema.path("items"), at + ".items", depth + 1);
        }
        int position = 0;
        for (JsonNode option : schema.path("anyOf").values()) {
            check(option, at + ".any_of[" + position++ + "]", depth + 1);
        }
    }
}
