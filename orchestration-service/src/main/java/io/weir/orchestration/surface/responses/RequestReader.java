package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.Field;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts one request into the form of chat completions, and keeps what its response repeats. Unknown fields are ignored;
/// what cannot be done here is a 400 that says what to do instead.
final class RequestReader {

    // The same in both.
    private static final List<String> SHARED =
            List.of("user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier");
    // What Weir itself reads.
    private static final List<String> OURS = List.of("provider", "models");
    private static final Set<String> TRUNCATIONS = Set.of("auto", "disabled");
    private static final int MOST_LOGPROBS = 20;

    private final Field body;
    private final OwnWords words = new OwnWords();
    private final ObjectNode chat = WireJson.object();
    private final ObjectNode echo = WireJson.object();

    // Null: nothing is remembered here.
    private final @Nullable Memory memory;
    private boolean stored;

    private RequestReader(JsonNode body, @Nullable Memory memory) {
        this.body = new Field("", body);
        this.memory = memory;
    }

    /// Throws a 400 [PlatformException] that names the field as this API calls it.
    ///
    /// @param memory null: nothing is remembered, so that nothing can be gone on with
    /// @param at seconds since the epoch
    static ResponsesRequest read(byte[] body, @Nullable Memory memory, long at) {
        JsonNode json;
        try {
            json = WireJson.readRequest(body);
        } catch (JacksonException broken) {
            throw malformed(String.valueOf(broken.getOriginalMessage()));
        }
        if (!json.isObject()) {
            throw malformed("it is not a JSON object");
        }
        return new RequestReader(json, memory).request(at);
    }

    private static PlatformException malformed(String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }

    private ResponsesRequest request(long at) {
        refuseWhatNeedsStoring();
        copy("model", body.at("model").textOrNull());
        chat.set("messages", InputReader.read(body.at("instructions"), before(), body.at("input"), words));
        echo.put("instructions", body.at("instructions").textOrNull());
        limits();
        sampling();
        tools();
        text();
        reasoning();
        shared();
        stream();
        try {
            Keeping keeping = new Keeping(
                    memory == null || !stored ? null : memory.keeper(),
                    memory == null ? WireJson.array() : memory.before(),
                    body.at("input").value());
            return new ResponsesRequest(ChatRequestReader.read(WireJson.write(chat)), echo, words, keeping, at);
        } catch (PlatformException refused) {
            throw words.of(refused);
        } catch (JacksonException tooDeep) {
            throw malformed(String.valueOf(tooDeep.getOriginalMessage()));
        }
    }

    private Field before() {
        return new Field("previous_response_id", memory == null ? WireJson.array() : memory.before());
    }

    private void refuseWhatNeedsStoring() {
        if (memory == null) {
            refuse(
                    "previous_response_id",
                    "Responses are not stored here, so none can be continued. Send the conversation in 'input'.");
        }
        refuse("conversation", "Conversations are not stored here. Send the conversation in 'input'.");
        refuse("prompt", "Prompt templates are not stored here. Send the text in 'instructions' and 'input'.");
        if (Boolean.TRUE.equals(truth("background"))) {
            throw PlatformException.invalid(
                    "background",
                    "'background' is not supported: responses are made while their client waits. Leave it out and"
                            + " stream the answer, or send a batch.");
        }
        boolean wanted = !Boolean.FALSE.equals(truth("store"));
        stored = wanted && memory != null && memory.keeper() != null;
        String previous = body.at("previous_response_id").textOrNull();
        echo.put("background", false).put("store", stored).put("previous_response_id", previous);
    }

    private void refuse(String name, String why) {
        if (body.at(name).isPresent()) {
            throw PlatformException.invalid(name, "'" + name + "' is not supported. " + why);
        }
    }

    private @Nullable Boolean truth(String name) {
        JsonNode value = body.at(name).bool();
        return value == null ? null : value.booleanValue();
    }

    private void limits() {
        JsonNode most = body.at("max_output_tokens").whole(1, Integer.MAX_VALUE);
        copy("max_completion_tokens", most);
        set("max_output_tokens", most);
        set("max_tool_calls", body.at("max_tool_calls").whole(1, Integer.MAX_VALUE));
        Field truncation = body.at("truncation");
        String asked = truncation.textOrNull();
        if (asked != null && !TRUNCATIONS.contains(asked)) {
            throw truncation.invalid("expected auto or disabled, got " + truncation.quoted());
        }
        // A context that is too long is refused, whatever was asked.
        echo.put("truncation", "disabled");
    }

    private void sampling() {
        for (String name : List.of("temperature", "top_p")) {
            JsonNode value = body.at(name).number();
            copy(name, value);
            if (value == null) {
                echo.put(name, 1.0);
            } else {
                echo.set(name, value);
            }
        }
        JsonNode logprobs = body.at("top_logprobs").whole(0, MOST_LOGPROBS);
        boolean told = body.at("include").elements().stream()
                .anyMatch(one -> one.text().equals("message.output_text.logprobs"));
        int most = logprobs == null ? 0 : logprobs.intValue();
        if (told || most > 0) {
            chat.put("logprobs", true);
        }
        if (most > 0) {
            chat.put("top_logprobs", most);
        }
        echo.put("top_logprobs", most);
    }

    private void tools() {
        ArrayNode functions = WireJson.array();
        ToolsReader.read(body.at("tools"), functions, echo.putArray("tools"));
        JsonNode choice = ToolsReader.choice(body.at("tool_choice"));
        echo.set("tool_choice", choice);
        Boolean parallel = truth("parallel_tool_calls");
        echo.put("parallel_tool_calls", parallel == null || parallel);
        // Without tools, chat completions take neither.
        if (functions.isEmpty()) {
            return;
        }
        chat.set("tools", functions);
        if (body.at("tool_choice").isPresent()) {
            chat.set("tool_choice", ToolsReader.inChat(choice));
        }
        if (parallel != null) {
            chat.put("parallel_tool_calls", parallel);
        }
    }

    private void text() {
        Field text = body.at("text").object();
        ObjectNode told = echo.putObject("text");
        Field format = text.at("format").object();
        String type = format.isPresent() ? format.at("type").text() : "text";
        switch (type) {
            case "text" -> told.putObject("format").put("type", "text");
            case "json_object" -> {
                chat.putObject("response_format").put("type", type);
                told.putObject("format").put("type", type);
            }
            case "json_schema" -> schema(format, told.putObject("format").put("type", type));
            default -> throw format.at("type").invalid("expected text, json_object or json_schema");
        }
        String verbosity = text.at("verbosity").textOrNull();
        copy("verbosity", verbosity);
        if (verbosity != null) {
            told.put("verbosity", verbosity);
        }
    }

    private void schema(Field format, ObjectNode told) {
        ObjectNode schema = WireJson.object();
        schema.put("name", format.at("name").text());
        String description = format.at("description").textOrNull();
        if (description != null) {
            schema.put("description", description);
        }
        schema.set("schema", format.at("schema").required().object().value());
        JsonNode strict = format.at("strict").bool();
        if (strict != null) {
            schema.set("strict", strict);
        }
        told.setAll(schema);
        chat.putObject("response_format").put("type", "json_schema").set("json_schema", schema);
    }

    private void reasoning() {
        Field reasoning = body.at("reasoning").object();
        String effort = reasoning.at("effort").textOrNull();
        copy("reasoning_effort", effort);
        echo.putObject("reasoning").put("effort", effort).putNull("summary");
    }

    private void shared() {
        for (String name : SHARED) {
            String value = body.at(name).textOrNull();
            copy(name, value);
            echo.put(name, value);
        }
        for (String name : OURS) {
            if (body.at(name).isPresent()) {
                chat.set(name, body.at(name).value());
            }
        }
        ObjectNode metadata = echo.putObject("metadata");
        Field told = body.at("metadata").object();
        for (String name : told.value().propertyNames()) {
            metadata.put(name, told.at(name).text());
        }
    }

    private void stream() {
        if (Boolean.TRUE.equals(truth("stream"))) {
            chat.put("stream", true);
            chat.putObject("stream_options").put("include_usage", true);
        }
    }

    private void copy(String name, @Nullable String value) {
        if (value != null) {
            chat.put(name, value);
        }
    }

    private void copy(String name, @Nullable JsonNode value) {
        if (value != null) {
            chat.set(name, value);
        }
    }

    private void set(String name, @Nullable JsonNode value) {
        if (value == null) {
            echo.putNull(name);
        } else {
            echo.set(name, value);
        }
    }
}
