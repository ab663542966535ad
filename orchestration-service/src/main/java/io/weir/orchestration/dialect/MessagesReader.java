package io.weir.orchestration.dialect;

import io.weir.problem.PlatformException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Checks the messages of a request, from the array's opening to its end, and counts what they have besides text.
final class MessagesReader {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    private static final Set<String> PARTS = Set.of("text", "refusal", "image_url");

    /// @param toolResults messages of the role `tool`
    record Counts(int images, int toolResults) {}

    private int images;
    private int toolResults;

    private MessagesReader() {}

    static Counts read(JsonParser json) {
        MessagesReader reader = new MessagesReader();
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            reader.readMessage("messages[" + count + "]", json);
            count++;
        }
        if (count == 0) {
            throw PlatformException.invalid("messages", "'messages' is empty. Send at least one message.");
        }
        return new Counts(reader.images, reader.toolResults);
    }

    private void readMessage(String path, JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw RequestFields.wrongType(path, "an object", json.currentToken());
        }
        String role = null;
        JsonToken content = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            if ((role != null && field.equals("role")) || (content != null && field.equals("content"))) {
                throw twice(path + "." + field);
            }
            JsonToken value = json.nextToken();
            switch (field) {
                case "role" -> role = role(path + ".role", json);
                case "content" -> {
                    content = value;
                    readContent(path + ".content", json);
                }
                case "name" -> expect(path + ".name", value, JsonToken.VALUE_STRING, "a string");
                case "tool_calls" -> expect(path + ".tool_calls", value, JsonToken.START_ARRAY, "an array");
                default -> {}
            }
            json.skipChildren();
        }
        checkComplete(path, role, content);
        toolResults += "tool".equals(role) ? 1 : 0;
    }

    private static void checkComplete(String path, @Nullable String role, @Nullable JsonToken content) {
        if (role == null) {
            throw RequestFields.missing(path + ".role");
        }
        boolean without = content == null || content == JsonToken.VALUE_NULL;
        if (without && !role.equals("assistant") && !role.equals("function")) {
            throw RequestFields.missing(path + ".content");
        }
    }

    private static String role(String path, JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw RequestFields.wrongType(path, "a string", json.currentToken());
        }
        String role = json.getString();
        if (!ROLES.contains(role)) {
            throw PlatformException.invalid(
                    path,
                    "Invalid value for '" + path
                            + "': expected one of system, developer, user, assistant, tool, function.");
        }
        return role;
    }

    private static void expect(String path, JsonToken value, JsonToken wanted, String expected) {
        if (value != wanted && value != JsonToken.VALUE_NULL) {
            throw RequestFields.wrongType(path, expected, value);
        }
    }

    private void readContent(String path, JsonParser json) {
        switch (json.currentToken()) {
            case VALUE_STRING, VALUE_NULL -> {}
            case START_ARRAY -> {
                for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
                    readPart(path + "[" + i + "]", json);
                }
            }
            default -> throw RequestFields.wrongType(path, "a string or an array of parts", json.currentToken());
        }
    }

    private void readPart(String path, JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw RequestFields.wrongType(path, "an object", json.currentToken());
        }
        String type = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            if (type != null && field.equals("type")) {
                throw twice(path + ".type");
            } else if (field.equals("type")) {
                expect(path + ".type", value, JsonToken.VALUE_STRING, "a string");
                type = value == JsonToken.VALUE_STRING ? json.getString() : null;
            } else if (field.equals("text")) {
                expect(path + ".text", value, JsonToken.VALUE_STRING, "a string");
            }
            json.skipChildren();
        }
        checkPart(path + ".type", type);
    }

    // A provider might take the other one.
    private static PlatformException twice(String path) {
        return PlatformException.invalid(path, "'" + path + "' is given twice. Give it once.");
    }

    private void checkPart(String path, @Nullable String type) {
        if (type == null) {
            throw RequestFields.missing(path);
        }
        if (!PARTS.contains(type)) {
            throw PlatformException.invalid(path, "Unsupported '" + path + "': expected text, refusal or image_url.");
        }
        images += type.equals("image_url") ? 1 : 0;
    }
}
