package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a request of the Messages API as a chat completion's. Unknown fields are ignored. What chat completions have
/// no word for is left out where the answer is none the worse for it: marks for caches, thoughts of earlier turns. For
/// Anthropic itself the request is kept as it came.
final class MessagesReader {

    private static final String OLD_FORMAT = "output_format";

    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(WireJson.REQUESTS)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    // OpenAI takes no longer one.
    private static final int LONGEST_USER = 64;

    private final Place in;
    private final ObjectNode out = WireJson.object();

    private MessagesReader(JsonNode body) {
        this.in = Place.root(body);
    }

    /// Throws a 400 [PlatformException] that names the field.
    static ChatRequest read(byte[] body) {
        return read(body, true);
    }

    static ChatRequest readForCounting(byte[] body) {
        return read(body, false);
    }

    private static ChatRequest read(byte[] body, boolean answered) {
        try {
            JsonNode json = STRICT.readTree(body);
            if (!json.isObject() || isOfOtherEncoding(body)) {
                throw malformed("it is not a JSON object in UTF-8 without a byte order mark");
            }
            ChatRequest chat = ChatRequestReader.read(WireJson.write(new MessagesReader(json).chat(answered)));
            // The old name of a field is not known to Anthropic any more.
            boolean passes = answered && !json.has(OLD_FORMAT);
            return chat.from(new ChatRequest.Original(passes ? AnthropicDialect.NAME : "", body));
        } catch (JacksonException broken) {
            throw malformed(why(broken));
        } catch (NumberFormatException excessive) {
            throw malformed("a number is too large");
        }
    }

    // The provider reads the same bytes, and must not read anything else in them.
    private static boolean isOfOtherEncoding(byte[] body) {
        return body[0] < 0 || body[0] == 0 || body[1] == 0;
    }

    private static @Nullable String why(JacksonException broken) {
        String said = broken.getOriginalMessage();
        return said != null && said.startsWith("Duplicate") ? "a name stands twice in one object" : said;
    }

    private ObjectNode chat(boolean answered) {
        if (in.in("model").isGiven()) {
            out.put("model", in.in("model").text());
        }
        if (answered) {
            out.put("max_completion_tokens", in.in("max_tokens").count(1));
            stream();
        }
        ArrayNode messages = out.putArray("messages");
        system(messages);
        TurnTranslation.write(in.in("messages"), messages);
        ToolTranslation.write(in, out);
        sampling();
        thinking();
        format();
        user();
        routing();
        Unpriced.refuse(in);
        return out;
    }

    private void stream() {
        if (in.in("stream").flag()) {
            out.put("stream", true);
            out.putObject("stream_options").put("include_usage", true);
        }
    }

    private void system(ArrayNode messages) {
        Place system = in.in("system");
        if (!system.isGiven()) {
            return;
        }
        JsonNode content = ContentTranslation.texts(system);
        if (content.isString() ? !content.stringValue().isEmpty() : !content.isEmpty()) {
            messages.addObject().put("role", "system").set("content", content);
        }
    }

    private void sampling() {
        for (String field : new String[] {"temperature", "top_p", "top_k"}) {
            if (in.in(field).isGiven()) {
                out.set(field, in.in(field).number());
            }
        }
        ArrayNode stops = WireJson.array();
        in.in("stop_sequences").items().forEach(stop -> stops.add(stop.text()));
        if (!stops.isEmpty()) {
            out.set("stop", stops);
        }
    }

    private void thinking() {
        Place thinking = in.in("thinking");
        String effort = effort(in.in("output_config").in("effort"));
        if (!thinking.isGiven()) {
            return;
        }
        switch (thinking.in("type").text()) {
            case "enabled" -> {
                int budget = thinking.in("budget_tokens").count(1_024);
                if (in.in("max_tokens").isGiven()
                        && budget >= in.in("max_tokens").count(1)) {
                    throw thinking.in("budget_tokens").wrong("Input should be less than `max_tokens`. Raise that.");
                }
                out.put("reasoning_effort", effort == null ? effort(budget) : effort);
            }
            case "adaptive" -> {
                if (effort != null) {
                    out.put("reasoning_effort", effort);
                }
            }
            case "disabled" -> {}
            default -> throw thinking.in("type").wrong("Input should be 'enabled', 'adaptive' or 'disabled'.");
        }
    }

    private static @Nullable String effort(Place effort) {
        if (!effort.isGiven()) {
            return null;
        }
        return switch (effort.text()) {
            case "low", "medium", "high" -> effort.text();
            case "xhigh", "max" -> "high";
            default -> throw effort.wrong("Input should be 'low', 'medium', 'high', 'xhigh' or 'max'.");
        };
    }

    // Where Gemini's own mapping from efforts to budgets has them.
    private static String effort(int budget) {
        if (budget < 8_192) {
            return "low";
        }
        return budget < 24_576 ? "medium" : "high";
    }

    private void format() {
        Place named = in.in("output_config").in("format");
        // As it was called at first.
        Place format = named.isGiven() ? named : in.in(OLD_FORMAT);
        if (!format.isGiven()) {
            return;
        }
        if (!format.in("type").text().equals("json_schema")) {
            throw format.in("type").wrong("Input should be 'json_schema'.");
        }
        ObjectNode schema = out.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .put("name", "answer");
        ObjectNode wanted = format.in("schema").object();
        // Elsewhere a strict schema has no fields that may be left out, which here it may.
        if (isClosed(wanted)) {
            schema.put("strict", true);
        }
        schema.set("schema", wanted);
    }

    private static boolean isClosed(JsonNode schema) {
        JsonNode properties = schema.path("properties");
        if (properties.isObject()) {
            Set<String> required = new HashSet<>();
            schema.path("required").values().forEach(name -> required.add(name.asString("")));
            boolean open = schema.path("additionalProperties").asBoolean(true);
            if (open || !required.containsAll(properties.propertyNames())) {
                return false;
            }
        }
        return schema.valueStream().allMatch(MessagesReader::isClosed);
    }

    private void user() {
        Place user = in.in("metadata").in("user_id");
        if (user.isGiven()) {
            String id = user.text();
            out.put("user", id.length() > LONGEST_USER ? digest(id) : id);
        }
    }

    // The platform's own, which mean the same in every API.
    private void routing() {
        for (String field : new String[] {"provider", "models"}) {
            if (in.in(field).isGiven()) {
                out.set(field, in.in(field).json());
            }
        }
    }

    private static String digest(String id) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static PlatformException malformed(@Nullable String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }
}
