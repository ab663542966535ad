package io.weir.orchestration.embedding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Base64;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// Vectors as JSON: arrays of numbers, or base64 of little-endian single precision. Both hold the same values: a number
/// is written with the digits of its exact value as a double, which is what a client gets that widens the floats.
final class VectorForm {

    private VectorForm() {}

    /// Throws [IllegalArgumentException] when it is neither form, or holds what is no finite number.
    static float[] read(JsonNode value) {
        float[] vector = value.isString() ? decoded(value.stringValue()) : numbers(value);
        for (float each : vector) {
            if (!Float.isFinite(each)) {
                throw new IllegalArgumentException("not finite: " + each);
            }
        }
        return vector;
    }

    private static float[] decoded(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (bytes.length % Float.BYTES != 0) {
            throw new IllegalArgumentException("vector: " + bytes.length + " bytes (expected: a multiple of 4)");
        }
        FloatBuffer floats =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] vector = new float[floats.remaining()];
        floats.get(vector);
        return vector;
    }

    private static float[] numbers(JsonNode value) {
        if (!value.isArray()) {
            throw new IllegalArgumentException("vector: neither base64 nor an array");
        }
        float[] vector = new float[value.size()];
        int i = 0;
        for (JsonNode each : value.values()) {
            if (!each.isNumber()) {
                throw new IllegalArgumentException("vector[" + i + "]: no number");
            }
            vector[i++] = (float) each.doubleValue();
        }
        return vector;
    }

    static void write(float[] vector, EmbeddingRequest.Format format, JsonGenerator json) {
        switch (format) {
            case BASE64 -> json.writeString(encoded(vector));
            case FLOAT -> {
                json.writeStartArray();
                for (float each : vector) {
                    json.writeNumber((double) each);
                }
                json.writeEndArray();
            }
        }
    }

    static String encoded(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
