package io.weir.orchestration.dialect;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Looks through one request for what a provider that is not OpenAI cannot do.
public final class LackFinder {

    private final String provider;
    private final JsonNode body;
    private final List<Lack> lacks = new ArrayList<>();
    private boolean fetches = true;

    /// Throws a 400 when the body has numbers or depths that nobody means.
    public LackFinder(String provider, ChatRequest request) {
        this.provider = provider;
        try {
            this.body = WireJson.read(request.body());
        } catch (JacksonException excessive) {
            throw new PlatformException(
                    ProblemType.INVALID_REQUEST,
                    "The body cannot be put into " + provider + "'s form: " + excessive.getOriginalMessage() + ".");
        }
    }

    public JsonNode body() {
        return body;
    }

    public List<Lack> lacks() {
        return List.copyOf(lacks);
    }

    public LackFinder add(Lack lack) {
        lacks.add(lack);
        return this;
    }

    /// A kind of answer that the provider does not give.
    public LackFinder withoutFormat(String type) {
        String named = type.length() > 40 ? type.substring(0, 40) + "..." : type;
        lacks.add(Lack.droppable("response_format", provider + " has no 'response_format' of type '" + named + "'."));
        return this;
    }

    /// Fields that the provider does not know. Those that ask for nothing, such as a penalty of 0, do no harm.
    public LackFinder without(String... fields) {
        for (String field : fields) {
            if (asks(body.path(field))) {
                lacks.add(Lack.droppable(field, provider + " does not know '" + field + "'."));
            }
        }
        return this;
    }

    private static boolean asks(JsonNode value) {
        if (value.isNumber()) {
            return value.decimalValue().signum() != 0;
        }
        return value.isContainer() ? !value.isEmpty() : value.isString() || value.asBoolean(false);
    }

    /// A field of which each value means something, also 0.
    public LackFinder withoutAny(String field) {
        JsonNode value = body.path(field);
        if (!value.isMissingNode() && !value.isNull()) {
            lacks.add(Lack.droppable(field, provider + " does not know '" + field + "'."));
        }
        return this;
    }

    /// More choices than the provider gives.
    public LackFinder choicesUpTo(int most) {
        int n = body.path("n").asInt(1);
        if (n > most) {
            lacks.add(Lack.droppable("n", provider + " gives at most " + most + " for 'n', not " + n + "."));
        }
        return this;
    }

    /// What only OpenAI itself does with tools: other kinds of them, and the functions of its first interface.
    public LackFinder toolsAreFunctions() {
        int i = 0;
        for (JsonNode tool : body.path("tools").values()) {
            if (!tool.path("type").asString("").equals("function")
                    || tool.path("function").path("name").asString("").isEmpty()) {
                String path = "tools[" + i + "]";
                lacks.add(Lack.fatal(path, provider + " takes only tools of type 'function' that have a name."));
            }
            i++;
        }
        JsonNode choice = body.path("tool_choice");
        if (choice.isObject() && !choice.path("type").asString("").equals("function")) {
            lacks.add(Lack.fatal("tool_choice", provider + " takes 'auto', 'none', 'required' or one function."));
        }
        if (asks(body.path("functions")) || asks(body.path("function_call"))) {
            lacks.add(Lack.fatal("functions", provider + " does not know 'functions'. Declare 'tools'."));
        }
        return this;
    }

    /// The provider is given pictures within the request alone, none by their address.
    public LackFinder withoutAddresses() {
        fetches = false;
        return this;
    }

    /// What cannot be said in another dialect: pictures without an address, tool calls without JSON, nothing at all.
    public LackFinder messages(boolean callsMustBeKnown) {
        Set<String> calls = new HashSet<>();
        boolean speaks = false;
        int i = 0;
        for (JsonNode message : body.path("messages").values()) {
            String path = "messages[" + i + "]";
            String role = message.path("role").asString("");
            speaks |= !role.equals("system") && !role.equals("developer");
            parts(path, message.path("content"));
            calls(path, message.path("tool_calls"), calls);
            String answered = message.path("tool_call_id").asString("");
            if (role.equals("function")) {
                lacks.add(Lack.fatal(path + ".role", provider + " takes the role 'tool', not 'function'."));
            } else if (role.equals("tool") && (answered.isEmpty() || (callsMustBeKnown && !calls.contains(answered)))) {
                lacks.add(Lack.fatal(
                        path + ".tool_call_id", "'" + path + ".tool_call_id' names no tool call before it."));
            }
            i++;
        }
        if (!speaks) {
            lacks.add(Lack.fatal("messages", provider + " needs a message that is no system message."));
        }
        return this;
    }

    private void parts(String path, JsonNode content) {
        int i = 0;
        for (JsonNode part : content.isArray() ? content.values() : List.<JsonNode>of()) {
            if (part.path("type").asString("").equals("image_url") && !takes(Picture.of(part))) {
                lacks.add(Lack.fatal(
                        path + ".content[" + i + "].image_url",
                        fetches
                                ? provider + " takes pictures as base64 data URLs or https URLs."
                                : provider + " takes pictures within the request. Send it as a data: URL in base64."));
            }
            i++;
        }
    }

    private boolean takes(Optional<Picture> picture) {
        return picture.filter(one -> fetches || one instanceof Picture.Inline).isPresent();
    }

    private void calls(String path, JsonNode calls, Set<String> known) {
        int i = 0;
        for (JsonNode call : calls.isArray() ? calls.values() : List.<JsonNode>of()) {
            String at = path + ".tool_calls[" + i + "]";
            JsonNode function = call.path("function");
            if (function.path("name").asString("").isEmpty()
                    || call.path("id").asString("").isEmpty()) {
                lacks.add(Lack.fatal(at, "'" + at + "' needs an id and the name of a function."));
            }
            if (!isObject(function.path("arguments").asString(""))) {
                lacks.add(Lack.fatal(
                        at + ".function.arguments",
                        "'" + at + ".function.arguments' is no JSON object in a string, or one of too many levels."));
            }
            known.add(call.path("id").asString(""));
            i++;
        }
    }

    private static boolean isObject(String json) {
        try {
            return json.isBlank() || WireJson.readPart(json).isObject();
        } catch (JacksonException notJson) {
            return false;
        }
    }
}
