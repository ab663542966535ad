package io.weir.simulators.provider.gemini;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads typed fields as Gemini does: what its schema does not know is refused with its path.
///
/// @param at the path of the object in the request; empty for the request itself
record GeminiFields(JsonNode object, String at) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static JsonNode parse(byte[] body) {
        JsonNode parsed;
        try {
            parsed = JSON.readTree(body);
        } catch (JacksonException notJson) {
            throw GeminiException.invalid("Invalid JSON payload received. " + notJson.getOriginalMessage());
        }
        if (!parsed.isObject()) {
            throw GeminiException.invalid("Invalid JSON payload received. Root element must be a message.");
        }
        return parsed;
    }

    GeminiFields knowing(Set<String> names) {
        for (String name : object.propertyNames()) {
            if (!names.contains(name)) {
                throw GeminiException.unknownName(name, at);
            }
        }
        return this;
    }

    /// An object inside; an empty one when it is absent.
    GeminiFields inside(String name) {
        JsonNode value = object.path(name);
        if (!value.isMissingNode() && !value.isObject()) {
            throw wrongValue(name, value);
        }
        return new GeminiFields(value, at.isEmpty() ? name : at + "." + name);
    }

    String text(String name, String absent) {
        JsonNode value = object.path(name);
        if (!value.isMissingNode() && !value.isString()) {
            throw wrongValue(name, value);
        }
        return value.asString(absent);
    }

    @Nullable
    Integer whole(String name, int min, int max) {
        JsonNode value = object.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrongValue(name, value);
        }
        if (value.intValue() < min || value.intValue() > max) {
            throw GeminiException.invalid("Unable to submit request because it has a " + name + " value of " + value
                    + " but the supported range is from " + min + " (inclusive) to " + max
                    + " (inclusive). Update the value and try again.");
        }
        return value.intValue();
    }

    void decimalWithin(String name, double min, double max) {
        JsonNode value = object.path(name);
        if (value.isMissingNode()) {
            return;
        }
        if (!value.isNumber()) {
            throw wrongValue(name, value);
        }
        if (!(value.doubleValue() >= min && value.doubleValue() <= max)) {
            throw GeminiException.invalid("* GenerateContentRequest.generation_config." + name + ": " + name
                    + " must be in the range [" + min + ", " + max + "].");
        }
    }

    GeminiException wrongValue(String name, JsonNode value) {
        String path = at.isEmpty() ? name : at + "." + name;
        return GeminiException.invalid("Invalid value at '" + path + "': " + value);
    }
}
