package io.weir.tenant.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the fields of an object; what is missing or wrong goes to the [Violations]. A null is as if absent.
public record Fields(ObjectNode object, Violations violations) {

    /// A text that must be there, read by `reader`, which throws [IllegalArgumentException] when it does not fit.
    public <T> Optional<T> required(String name, Function<String, T> reader) {
        if (absent(name)) {
            violations.add(name, "is missing");
        }
        return optional(name, reader);
    }

    /// As [#required], where nothing need be there.
    public <T> Optional<T> optional(String name, Function<String, T> reader) {
        if (absent(name)) {
            return Optional.empty();
        }
        JsonNode value = object.path(name);
        if (!value.isString()) {
            violations.add(name, "must be a string");
            return Optional.empty();
        }
        return read(name, value.stringValue(), reader);
    }

    /// A JSON number, whose decimal digits reach `reader` as they stand.
    public <T> Optional<T> optionalNumber(String name, Function<String, T> reader) {
        if (absent(name)) {
            return Optional.empty();
        }
        JsonNode value = object.path(name);
        if (!value.isNumber()) {
            violations.add(name, "must be a number");
            return Optional.empty();
        }
        return read(name, value.decimalValue().toString(), reader);
    }

    /// A whole number within bounds.
    public Optional<Integer> optionalWhole(String name, int lowest, int highest) {
        if (absent(name)) {
            return Optional.empty();
        }
        JsonNode value = object.path(name);
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < lowest
                || value.intValue() > highest) {
            violations.add(name, "must be a whole number from " + lowest + " to " + highest);
            return Optional.empty();
        }
        return Optional.of(value.intValue());
    }

    /// An object.
    public Optional<ObjectNode> optionalObject(String name) {
        if (absent(name)) {
            return Optional.empty();
        }
        if (object.path(name) instanceof ObjectNode found) {
            return Optional.of(found);
        }
        violations.add(name, "must be an object");
        return Optional.empty();
    }

    /// Names every field that is none of these: what is not understood must not be taken for done.
    public void refuseOthers(Set<String> known) {
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                violations.add(name, "is not known here (expected: some of " + new TreeSet<>(known) + ")");
            }
        }
    }

    /// Whether it is there and null.
    public boolean isNull(String name) {
        return object.has(name) && object.path(name).isNull();
    }

    /// A list of texts; empty where nothing is there.
    public <T> Optional<List<T>> optionalList(String name, Function<String, T> reader) {
        if (absent(name)) {
            return Optional.empty();
        }
        if (!object.path(name).isArray()) {
            violations.add(name, "must be a list of strings");
            return Optional.empty();
        }
        List<T> items = new ArrayList<>();
        int index = 0;
        for (JsonNode item : object.path(name)) {
            String path = name + "[" + index++ + "]";
            if (item.isString()) {
                read(path, item.stringValue(), reader).ifPresent(items::add);
            } else {
                violations.add(path, "must be a string");
            }
        }
        return Optional.of(items);
    }

    private boolean absent(String name) {
        return !object.hasNonNull(name);
    }

    private <T> Optional<T> read(String path, String text, Function<String, T> reader) {
        try {
            return Optional.of(reader.apply(text));
        } catch (IllegalArgumentException wrong) {
            violations.add(path, String.valueOf(wrong.getMessage()));
            return Optional.empty();
        }
    }
}
