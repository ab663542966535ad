package io.weir.simulators.provider.openai;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads typed fields of a request; refuses as OpenAI does, naming the field. Null counts as absent.
record RequestFields(JsonNode body) {

    JsonNode any(String name) {
        return body.path(name);
    }

    boolean has(String name) {
        return body.hasNonNull(name);
    }

    boolean flag(String name) {
        JsonNode value = body.path(name);
        if (!has(name)) {
            return false;
        }
        if (!value.isBoolean()) {
            throw wrongType(name, "a boolean", value);
        }
        return value.booleanValue();
    }

    @Nullable
    Integer whole(String name, int min, int max) {
        JsonNode value = body.path(name);
        if (!has(name)) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            throw wrongType(name, "an integer", value);
        }
        if (!value.canConvertToLong() || value.longValue() > max) {
            throw outOfBounds(name, "integer_above_max_value", "integer above maximum value", "<= " + max, value);
        }
        if (value.longValue() < min) {
            throw outOfBounds(name, "integer_below_min_value", "integer below minimum value", ">= " + min, value);
        }
        return value.intValue();
    }

    /// Checks a decimal's bounds; its value changes nothing here.
    void decimalWithin(String name, double min, double max) {
        JsonNode value = body.path(name);
        if (!has(name)) {
            return;
        }
        if (!value.isNumber()) {
            throw wrongType(name, "a decimal", value);
        }
        if (value.doubleValue() > max) {
            throw outOfBounds(name, "decimal_above_max_value", "decimal above maximum value", "<= " + max, value);
        }
        if (value.doubleValue() < min) {
            throw outOfBounds(name, "decimal_below_min_value", "decimal below minimum value", ">= " + min, value);
        }
    }

    static OpenAiException wrongType(String name, String expected, JsonNode value) {
        String got = value.getNodeType().name().toLowerCase(Locale.ROOT);
        return OpenAiException.invalid(
                name,
                "invalid_type",
                "Invalid type for '" + name + "': expected " + expected + ", but got "
                        + (value.isNull() ? "null" : "a value of type " + got) + " instead.");
    }

    private static OpenAiException outOfBounds(
            String name, String code, String problem, String expected, JsonNode value) {
        return OpenAiException.invalid(
                name,
                code,
                "Invalid '" + name + "': " + problem + ". Expected a value " + expected + ", but got " + value
                        + " instead.");
    }
}
