package io.weir.orchestration.dialect;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON that is taken apart and put together anew without changing a value: numbers keep their digits, and text that is
/// no valid Unicode stays what it was.
public final class WireJson {

    /// How much structure a request may have: more values than any conversation has, or deeper ones than any schema,
    /// would cost memory and, once they stand within another form, exceed what can be written.
    public static final StreamReadConstraints REQUESTS = StreamReadConstraints.builder()
            .maxTokenCount(250_000)
            .maxNestingDepth(400)
            .build();

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final JsonMapper BOUNDED = JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(REQUESTS).build())
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

    /// A client's request, within [#REQUESTS]. Throws [JacksonException] as [#read(byte\[\])].
    public static JsonNode readRequest(byte[] bytes) {
        try {
            return BOUNDED.readTree(bytes);
        } catch (NumberFormatException excessive) {
            throw tooLarge(excessive);
        }
    }

    /// What will stand within something else: within [#REQUESTS], so that it can be written there. Throws
    /// [JacksonException] when it is more, or no JSON.
    public static JsonNode readPart(String text) {
        try {
            return BOUNDED.readTree(text);
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
