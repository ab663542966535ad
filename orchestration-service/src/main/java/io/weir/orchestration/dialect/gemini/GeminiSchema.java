package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.WireJson;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A JSON schema as Gemini's `Schema`, a part of OpenAPI's: a type with null becomes nullable, and what Gemini refuses
/// is left out, which makes the schema wider, never narrower.
final class GeminiSchema {

    private static final Set<String> KEPT = Set.of(
            "title",
            "description",
            "nullable",
            "required",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minLength",
            "maxLength",
            "pattern",
            "minimum",
            "maximum",
            "propertyOrdering");
    private static final Map<String, Set<String>> FORMATS = Map.of(
            "string", Set.of("enum", "date-time"),
            "number", Set.of("float", "double"),
            "integer", Set.of("int32", "int64"));
    private static final int DEEPEST = 32;

    private GeminiSchema() {}

    /// Adds the parameters to a function's declaration. A schema with references goes as it is: put in place, they
    /// could make it larger without bound.
    static void declare(JsonNode parameters, ObjectNode declaration) {
        // An object without properties is refused; without parameters there are none.
        if (!parameters.findValues("$ref").isEmpty()) {
            declaration.set("parametersJsonSchema", parameters);
        } else if (!parameters.path("properties").isEmpty()) {
            declaration.set("parameters", clean(parameters, 0));
        }
    }

    private static ObjectNode clean(JsonNode schema, int depth) {
        ObjectNode clean = WireJson.object();
        if (depth > DEEPEST) {
            return clean.put("type", "object");
        }
        type(schema, clean);
        for (String field : schema.propertyNames()) {
            if (KEPT.contains(field)) {
                clean.set(field, schema.path(field));
            }
        }
        choices(schema, clean);
        format(schema, clean);
        inner(schema, clean, depth);
        return clean;
    }

    private static void type(JsonNode schema, ObjectNode clean) {
        JsonNode type = schema.path("type");
        for (JsonNode each : type.isArray() ? type.values() : List.of(type)) {
            String name = each.asString("");
            if (name.equals("null")) {
                clean.put("nullable", true);
            } else if (!name.isEmpty() && !clean.has("type")) {
                clean.put("type", name);
            }
        }
        if (!clean.has("type") && schema.path("properties").isObject()) {
            clean.put("type", "object");
        }
    }

    // Only strings may be enumerated.
    private static void choices(JsonNode schema, ObjectNode clean) {
        JsonNode only = schema.path("const");
        ArrayNode words = WireJson.array();
        for (JsonNode word :
                only.isString() ? List.of(only) : schema.path("enum").values()) {
            if (word.isNull()) {
                clean.put("nullable", true);
            } else if (word.isString() && !word.stringValue().isEmpty()) {
                words.add(word);
            } else {
                return;
            }
        }
        String type = clean.path("type").asString("string");
        if (!words.isEmpty() && type.equals("string")) {
            clean.put("type", "string");
            clean.set("enum", words);
        }
    }

    private static void format(JsonNode schema, ObjectNode clean) {
        String format = schema.path("format").asString("");
        if (FORMATS.getOrDefault(clean.path("type").asString(""), Set.of()).contains(format)) {
            clean.put("format", format);
        }
    }

    private static void inner(JsonNode schema, ObjectNode clean, int depth) {
        if (schema.path("properties").isObject() && !schema.path("properties").isEmpty()) {
            ObjectNode properties = clean.putObject("properties");
            for (String name : schema.path("properties").propertyNames()) {
                properties.set(name, clean(schema.path("properties").path(name), depth + 1));
            }
        }
        if (schema.path("items").isObject()) {
            clean.set("items", clean(schema.path("items"), depth + 1));
        } else if (clean.path("type").asString("").equals("array")) {
            clean.putObject("items").put("type", "string");
        }
        alternatives(schema, clean, depth);
    }

    private static void alternatives(JsonNode schema, ObjectNode clean, int depth) {
        ArrayNode any = WireJson.array();
        for (String field : List.of("anyOf", "oneOf")) {
            for (JsonNode each : schema.path(field).values()) {
                if (each.path("type").asString("").equals("null")) {
                    clean.put("nullable", true);
                } else {
                    any.add(clean(each, depth + 1));
                }
            }
        }
        for (JsonNode each : schema.path("allOf").values()) {
            ObjectNode part = clean(each, depth + 1);
            part.propertyNames().forEach(name -> merge(clean, name, part.path(name)));
        }
        if (any.size() == 1) {
            JsonNode only = any.get(0);
            only.propertyNames().forEach(name -> merge(clean, name, only.path(name)));
        } else if (!any.isEmpty()) {
            clean.set("anyOf", any);
        }
    }

    private static void merge(ObjectNode clean, String name, JsonNode value) {
        if (clean.path(name) instanceof ObjectNode known && value instanceof ObjectNode more) {
            known.setAll(more);
        } else if (clean.path(name) instanceof ArrayNode known && value instanceof ArrayNode more) {
            known.addAll(more);
        } else if (!clean.has(name)) {
            clean.set(name, value);
        }
    }
}
