package io.weir.orchestration.surface.messages;

import io.weir.problem.PlatformException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A value of a request and where it stands, as Anthropic writes it: `messages.0.content.1.type`. What is not as it
/// must be is a thrown 400 [PlatformException] that begins with the place. Null stands for absence.
record Place(String path, JsonNode json) {

    static Place root(JsonNode body) {
        return new Place("", body);
    }

    Place in(String field) {
        return new Place(path.isEmpty() ? field : path + "." + field, json.path(field));
    }

    boolean isGiven() {
        return !json.isMissingNode() && !json.isNull();
    }

    Place required() {
        if (!isGiven()) {
            throw wrong("Field required. Send it.");
        }
        return this;
    }

    String text() {
        required();
        if (!json.isString()) {
            throw wrongType("a string");
        }
        return json.stringValue();
    }

    boolean flag() {
        if (isGiven() && !json.isBoolean()) {
            throw wrongType("true or false");
        }
        return json.asBoolean(false);
    }

    /// A whole number.
    int count(int least) {
        required();
        if (!json.isIntegralNumber()) {
            throw wrongType("a whole number");
        }
        if (!json.canConvertToInt() || json.intValue() < least) {
            throw wrong("Input should be " + least + " to " + Integer.MAX_VALUE + ".");
        }
        return json.intValue();
    }

    JsonNode number() {
        if (!json.isNumber()) {
            throw wrongType("a number");
        }
        return json;
    }

    ObjectNode object() {
        required();
        if (json instanceof ObjectNode object) {
            return object;
        }
        throw wrongType("an object");
    }

    /// Of an array; none where it is absent.
    List<Place> items() {
        if (isGiven() && !json.isArray()) {
            throw wrongType("an array");
        }
        List<Place> items = new ArrayList<>(json.size());
        for (JsonNode item : json.values()) {
            items.add(new Place(path + "." + items.size(), item));
        }
        return items;
    }

    PlatformException wrongType(String expected) {
        return wrong("Input should be " + expected + ".");
    }

    PlatformException wrong(String why) {
        return PlatformException.invalid(path, path + ": " + why);
    }
}
