package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.Field;
import io.weir.problem.PlatformException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts `instructions` and the items of `input` into chat messages: what the assistant said and called in one turn
/// becomes one message. For one request.
final class InputReader {

    private static final Set<String> PROMPTING = Set.of("user", "system", "developer");
    private static final String CONVERSATION_BY_ITEMS =
            "nothing is kept here between calls, so send the items of the conversation themselves in 'input'";

    private final ArrayNode messages = WireJson.array();
    private final OwnWords words;
    // The assistant's turn that can still grow; null: something came after it.
    private @Nullable ObjectNode turn;

    private InputReader(OwnWords words) {
        this.words = words;
    }

    /// The messages. Throws a 400 naming the item or part.
    ///
    /// @param before items ahead of those of the input
    /// @param words learns which message stems from what
    static ArrayNode read(Field instructions, Field before, Field input, OwnWords words) {
        InputReader reader = new InputReader(words);
        String told = instructions.textOrNull();
        if (told != null && !told.isEmpty()) {
            reader.say("system", instructions).put("content", told);
        }
        before.elements().forEach(reader::item);
        if (input.required().value().isString()) {
            reader.say("user", input).put("content", input.text());
        } else if (input.value().isArray()) {
            input.elements().forEach(reader::item);
        } else {
            throw input.wrongType("a string or an array of items");
        }
        reader.messages.values().forEach(InputReader::simplify);
        return reader.messages;
    }

    // One text alone is what every provider takes.
    private static void simplify(JsonNode message) {
        JsonNode content = message.path("content");
        boolean text = content.isArray()
                && content.size() == 1
                && content.path(0).path("type").asString("").equals("text");
        if (text && message instanceof ObjectNode said) {
            said.set("content", content.path(0).path("text"));
        }
    }

    private ObjectNode say(String role, Field from) {
        turn = null;
        words.stems("messages[" + messages.size() + "]", from.path());
        return messages.addObject().put("role", role);
    }

    private void item(Field item) {
        String type = item.required().object().at("type").textOrNull();
        switch (type == null ? "message" : type) {
            case "message" -> message(item);
            case "function_call" -> call(item);
            case "function_call_output" -> result(item);
            // Of use to the provider alone that wrote it.
            case "reasoning" -> {}
            case "item_reference" -> throw item.at("type").invalid(CONVERSATION_BY_ITEMS);
            default ->
                throw item.at("type")
                        .invalid("items of type " + item.at("type").quoted()
                                + " are not supported; expected message, function_call, function_call_output"
                                + " or reasoning");
        }
    }

    private void message(Field item) {
        String role = item.at("role").text();
        Field content = item.at("content").required();
        if (role.equals("assistant")) {
            answered(item, content);
        } else if (PROMPTING.contains(role)) {
            prompted(item, role, content);
        } else {
            throw item.at("role").invalid("expected one of user, assistant, system, developer");
        }
    }

    private void prompted(Field item, String role, Field content) {
        ObjectNode message = say(role, item);
        if (content.value().isString()) {
            message.put("content", content.text());
            return;
        }
        ArrayNode parts = WireJson.array();
        for (Field part : partsOf(content)) {
            parts.add(prompt(part));
        }
        message.set("content", parts);
    }

    private static Iterable<Field> partsOf(Field content) {
        if (!content.value().isArray()) {
            throw content.wrongType("a string or an array of parts");
        }
        return content.elements();
    }

    private static ObjectNode prompt(Field part) {
        String type = part.required().object().at("type").text();
        return switch (type) {
            case "input_text", "output_text", "text" -> text(part);
            case "input_image", "image_url" -> picture(part);
            default -> throw unknownPart(part, "input_text or input_image");
        };
    }

    private static ObjectNode text(Field part) {
        return WireJson.object().put("type", "text").put("text", part.at("text").text());
    }

    private static ObjectNode picture(Field part) {
        if (part.at("file_id").isPresent()) {
            throw part.at("file_id").invalid("no files are kept here; send the picture as 'image_url'");
        }
        Field url = part.at("image_url");
        String address =
                url.value().isObject() ? url.at("url").text() : url.required().text();
        String detail = url.value().isObject()
                ? url.at("detail").textOrNull()
                : part.at("detail").textOrNull();
        ObjectNode json = WireJson.object().put("type", "image_url");
        ObjectNode image = json.putObject("image_url").put("url", address);
        if (detail != null) {
            image.put("detail", detail);
        }
        return json;
    }

    private void answered(Field item, Field content) {
        ObjectNode message = assistant(item);
        ArrayNode said = message.path("content") instanceof ArrayNode before ? before : WireJson.array();
        if (content.value().isString()) {
            add(said, WireJson.object().put("type", "text").put("text", content.text()), content);
        } else {
            for (Field part : partsOf(content)) {
                add(said, said(part), part);
            }
        }
        message.set("content", said);
    }

    private void add(ArrayNode said, ObjectNode part, Field from) {
        words.stems("messages[" + (messages.size() - 1) + "].content[" + said.size() + "]", from.path());
        said.add(part);
    }

    private static ObjectNode said(Field part) {
        String type = part.required().object().at("type").text();
        return switch (type) {
            case "output_text", "input_text", "text" -> text(part);
            case "refusal" ->
                WireJson.object()
                        .put("type", "refusal")
                        .put("refusal", part.at("refusal").text());
            default -> throw unknownPart(part, "output_text or refusal");
        };
    }

    private ObjectNode assistant(Field item) {
        ObjectNode going = turn;
        if (going == null) {
            going = say("assistant", item);
            going.putNull("content");
            turn = going;
        }
        return going;
    }

    private void call(Field item) {
        String id = item.at("call_id").text();
        String name = item.at("name").text();
        String arguments = item.at("arguments").text();
        ObjectNode message = assistant(item);
        ArrayNode calls =
                message.path("tool_calls") instanceof ArrayNode before ? before : message.putArray("tool_calls");
        words.stems("messages[" + (messages.size() - 1) + "].tool_calls[" + calls.size() + "]", item.path());
        ObjectNode call = calls.addObject().put("id", id).put("type", "function");
        call.putObject("function").put("name", name).put("arguments", arguments);
        Field extra = item.at("extra_content");
        if (extra.isPresent()) {
            call.set("extra_content", extra.value());
        }
    }

    private void result(Field item) {
        String id = item.at("call_id").text();
        Field output = item.at("output").required();
        ObjectNode message = say("tool", item).put("tool_call_id", id);
        if (output.value().isString()) {
            message.put("content", output.text());
            return;
        }
        ArrayNode parts = WireJson.array();
        for (Field part : partsOf(output)) {
            String type = part.required().object().at("type").text();
            if (!type.equals("input_text") && !type.equals("text")) {
                throw unknownPart(part, "input_text");
            }
            parts.add(text(part));
        }
        message.set("content", parts);
    }

    private static PlatformException unknownPart(Field part, String expected) {
        Field type = part.at("type");
        return type.invalid("parts of type " + type.quoted() + " are not supported here; expected " + expected);
    }
}
