package io.weir.orchestration.surface;

import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A value of a request and where it stands. Null stands for absence. What is not as it should be is a 400.
///
/// @param path for example `input[2].content[0]`
public record Field(String path, JsonNode value) {

    private static final int LONGEST_QUOTE = 40;

    /// A member of an object.
    public Field at(String name) {
        return new Field(path.isEmpty() ? name : path + "." + name, value.path(name));
    }

    public boolean isAbsent() {
        return value.isMissingNode() || value.isNull();
    }

    public boolean isPresent() {
        return !isAbsent();
    }

    public Field required() {
        if (isAbsent()) {
            throw PlatformException.invalid(path, "Missing required parameter: '" + path + "'.");
        }
        return this;
    }

    public Field object() {
        if (isPresent() && !value.isObject()) {
            throw wrongType("an object");
        }
        return this;
    }

    public String text() {
        required();
        if (!value.isString()) {
            throw wrongType("a string");
        }
        return value.stringValue();
    }

    public @Nullable String textOrNull() {
        return isAbsent() ? null : text();
    }

    /// Empty when it is absent.
    public List<Field> elements() {
        if (isPresent() && !value.isArray()) {
            throw wrongType("an array");
        }
        List<Field> elements = new ArrayList<>(value.size());
        for (JsonNode element : value.values()) {
            elements.add(new Field(path + "[" + elements.size() + "]", element));
        }
        return elements;
    }

    /// Null when it is absent.
    public @Nullable JsonNode bool() {
        return typed(value.isBoolean(), "true or false");
    }

    /// Null when it is absent.
    public @Nullable JsonNode number() {
        return typed(value.isNumber(), "a number");
    }

    private @Nullable JsonNode typed(boolean right, String expected) {
        if (isAbsent()) {
            return null;
        }
        if (!right) {
            throw wrongType(expected);
        }
        return value;
    }

    /// Null when it is absent.
    public @Nullable JsonNode whole(int least, int most) {
        JsonNode number = typed(value.isIntegralNumber(), "a whole number");
        if (number != null && (!number.canConvertToInt() || number.intValue() < least || number.intValue() > most)) {
            throw invalid("expected " + least + " to " + most + ", got " + quoted(number.toString()));
        }
        return number;
    }

    public PlatformException wrongType(String expected) {
        return PlatformException.invalid(
                path, "Invalid type for '" + path + "': expected " + expected + ", got " + named(value) + ".");
    }

    /// @param why what was expected, and what to do
    public PlatformException invalid(String why) {
        return PlatformException.invalid(path, "Invalid value for '" + path + "': " + why + ".");
    }

    /// Its text, short enough for a message.
    public String quoted() {
        return "'" + quoted(value.asString("")) + "'";
    }

    private static String quoted(String text) {
        return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
    }

    private static String named(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            default -> "something else";
        };
    }
}
