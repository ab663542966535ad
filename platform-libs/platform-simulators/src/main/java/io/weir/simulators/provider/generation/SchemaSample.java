package io.weir.simulators.provider.generation;

import java.util.List;
import java.util.Locale;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A JSON text that fits a schema, token by token. Knows types, enums, bounds of integers, properties and items, which
/// is what tools use; a schema beyond that gets a string.
public final class SchemaSample {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 16;

    private static final JsonMapper ASCII =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Tokenizer tokenizer;

    public SchemaSample(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// The tokens of one sample; the same for the same seed and schema.
    public List<String> tokens(JsonNode schema, long seed) {
        JsonNode sample = schema.path("properties").isObject() ? object(schema, seed, 0) : NODES.objectNode();
        return tokenizer.split(ASCII.writeValueAsString(sample));
    }

    private static JsonNode sample(JsonNode schema, long seed, int depth) {
        if (schema.path("enum").isArray() && !schema.path("enum").isEmpty()) {
            return schema.path("enum").path(0);
        }
        return switch (typeOf(schema)) {
            case "object" -> depth < MAX_DEPTH ? object(schema, seed, depth) : NODES.objectNode();
            case "array" -> depth < MAX_DEPTH ? array(schema, seed, depth) : NODES.arrayNode();
            case "integer" -> NODES.numberNode(within(schema, Math.floorMod(seed, 100)));
            case "number" -> NODES.numberNode(Math.floorMod(seed, 100) + 0.5);
            case "boolean" -> NODES.booleanNode(true);
            case "null" -> NODES.nullNode();
            default -> NODES.stringNode(Prose.tokens(seed, 1).getFirst());
        };
    }

    private static long within(JsonNode schema, long value) {
        long least = schema.path("minimum").asLong(Long.MIN_VALUE);
        return Math.max(least, Math.min(schema.path("maximum").asLong(Long.MAX_VALUE), value));
    }

    private static ObjectNode object(JsonNode schema, long seed, int depth) {
        ObjectNode object = NODES.objectNode();
        schema.path("properties")
                .forEachEntry(
                        (name, property) -> object.set(name, sample(property, seed * 31 + name.hashCode(), depth + 1)));
        return object;
    }

    private static JsonNode array(JsonNode schema, long seed, int depth) {
        return NODES.arrayNode().add(sample(schema.path("items"), seed, depth + 1));
    }

    private static String typeOf(JsonNode schema) {
        JsonNode type = schema.path("type");
        // Gemini writes its types in capitals.
        return (type.isArray() ? type.path(0) : type).asString("string").toLowerCase(Locale.ROOT);
    }
}
