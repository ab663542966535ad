package io.weir.orchestration.dialect;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON that is taken apart and put together anew without changing a value: numbers keep their digits, and text that is
/// no valid Unicode stays what it was.
public final class WireJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final JsonMapper ESCAPING =
            JSON.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private WireJson() {}

    public static ObjectNode object() {
        return JSON.createObjectNode();
    }

    public static ArrayNode array() {
        return JSON.createArrayNode();
    }

    /// Throws [JacksonException] when it is no JSON, or holds a number that no computer can.
    public static JsonNode read(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (NumberFormatException excessive) {
            throw tooLarge(excessive);
        }
    }

    /// Throws [JacksonException] when it is no JSON, or holds a number that no computer can.
    public static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (NumberFormatException excessive) {
            throw tooLarge(excessive);
        }
    }

    private static JacksonException tooLarge(NumberFormatException excessive) {
        return new StreamReadException(null, "a number is too large", excessive);
    }

    /// As UTF-8. Half of a surrogate pair has no UTF-8, so it stays the escape that it was.
    public static byte[] write(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JacksonException noUnicode) {
            return ESCAPING.writeValueAsBytes(json);
        }
    }

    /// As text.
    public static String text(JsonNode json) {
        return JSON.writeValueAsString(json);
    }
}
