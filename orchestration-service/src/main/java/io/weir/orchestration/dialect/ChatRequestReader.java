package io.weir.orchestration.dialect;

import io.weir.orchestration.dialect.ChatRequest.Span;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/// Reads one request in one pass, without a tree. Unknown fields are ignored; what is wrong is a 400 naming the field.
public final class ChatRequestReader {

    /// OpenAI's own limit.
    private static final int MOST_CHOICES = 128;

    private static final Set<String> REPLACEABLE = Set.of(
            "model",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "prompt_cache_key");

    // Of which it is asked whether they are there.
    private static final Set<String> NOTED = Set.of("top_k", "reasoning_effort");

    private static final Set<String> OURS = Set.of("provider", "models");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(WireJson.REQUESTS)
                    .build())
            .build();

    private final Map<String, Span> spans = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private @Nullable String model;
    private boolean stream;
    private boolean includeUsage;
    private boolean streamOptions;
    private int choices = 1;
    private @Nullable Integer askedLimit;
    private String limitField = "max_completion_tokens";
    private MessagesReader.Counts counts = new MessagesReader.Counts(0, 0);
    private boolean tools;
    private final RoutingReader routing = new RoutingReader();
    private final List<Span> ours = new ArrayList<>();
    private @Nullable Span lastOfOurs;
    private int firstField;
    private int lastPassedOn;

    private ChatRequestReader() {}

    /// Throws a 400 [PlatformException] saying what is wrong and where.
    public static ChatRequest read(byte[] body) {
        return new ChatRequestReader().parse(body);
    }

    private ChatRequest parse(byte[] body) {
        refuseOtherEncodings(body);
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("it is not a JSON object");
            }
            firstField = offset(json.currentTokenLocation().getByteOffset()) + 1;
            lastPassedOn = firstField;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                readField(json.currentName(), json);
            }
            if (json.nextToken() != null) {
                throw malformed("something follows the JSON object");
            }
        } catch (JacksonException broken) {
            throw malformed(broken.getOriginalMessage());
        }
        if (lastOfOurs != null) {
            // The last field goes with the comma before it.
            ours.add(new Span(lastPassedOn, lastPassedOn, lastOfOurs.end()));
        }
        return checked(body);
    }

    private ChatRequest checked(byte[] body) {
        if (!seen.contains("messages")) {
            throw seen.contains("input")
                    ? PlatformException.invalid(
                            "messages",
                            "Missing required parameter: 'messages'. The body has 'input', as the Responses API takes it;"
                                    + " send chat messages here.")
                    : RequestFields.missing("messages");
        }
        if (streamOptions && !stream) {
            throw PlatformException.invalid(
                    "stream_options",
                    "'stream_options' is only allowed when 'stream' is true. Leave it out, or stream.");
        }
        return new ChatRequest(
                body,
                model,
                stream,
                includeUsage,
                choices,
                askedLimit,
                limitField,
                counts.images(),
                counts.toolResults(),
                tools,
                Map.copyOf(spans),
                firstField,
                routing.wishes(),
                List.copyOf(ours),
                null);
    }

    // A reader and the provider might otherwise take different bytes for the same field.
    private static void refuseOtherEncodings(byte[] body) {
        boolean mark = body.length > 0 && (body[0] == (byte) 0xEF || body[0] == (byte) 0xFE || body[0] == (byte) 0xFF);
        boolean wide = body.length > 1 && (body[0] == 0 || body[1] == 0);
        if (mark || wide) {
            throw malformed("it is not UTF-8 without a byte order mark");
        }
    }

    private void readField(String field, JsonParser json) {
        int name = offset(json.currentTokenLocation().getByteOffset());
        if (lastOfOurs != null) {
            ours.add(new Span(lastOfOurs.start(), lastOfOurs.start(), name));
            lastOfOurs = null;
        }
        JsonToken value = json.nextToken();
        if ((RequestFields.isKnown(field) || field.equals("input")) && !seen.add(field)) {
            throw PlatformException.invalid(field, "'" + field + "' is given twice. Give it once.");
        }
        RequestFields.check(field, value);
        int start = offset(json.currentTokenLocation().getByteOffset());
        boolean present = value != JsonToken.VALUE_NULL;
        switch (field) {
            case "model" -> model = present ? named(json.getString()) : null;
            case "messages" -> {
                if (!present) {
                    throw RequestFields.missing("messages");
                }
                counts = MessagesReader.read(json);
            }
            case "stream" -> stream = value == JsonToken.VALUE_TRUE;
            case "stream_options" -> readStreamOptions(json, present);
            case "n" -> choices = present ? bounded("n", json, MOST_CHOICES) : 1;
            case "tools" -> {
                tools = present;
                UnsupportedFields.check(field, json);
            }
            case "max_tokens", "max_completion_tokens" -> readLimit(field, json, present);
            case "provider", "models" -> readRouting(field, json, present);
            default -> UnsupportedFields.check(field, json);
        }
        json.skipChildren();
        json.finishToken();
        int end = offset(json.currentLocation().getByteOffset());
        if (OURS.contains(field)) {
            lastOfOurs = new Span(name, name, end);
        } else {
            lastPassedOn = end;
        }
        if (REPLACEABLE.contains(field) || (present && NOTED.contains(field))) {
            spans.put(field, new Span(name, start, end));
        }
    }

    private void readRouting(String field, JsonParser json, boolean present) {
        if (present && field.equals("provider")) {
            routing.readProvider(json);
        } else if (present) {
            routing.readModels(json);
        }
    }

    private static String named(String model) {
        if (model.isBlank()) {
            throw PlatformException.invalid("model", "'model' is empty. Name a model of GET /v1/models.");
        }
        return model;
    }

    private void readStreamOptions(JsonParser json, boolean present) {
        streamOptions = present;
        while (present && json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean usage = json.currentName().equals("include_usage");
            JsonToken value = json.nextToken();
            if (usage && value != JsonToken.VALUE_NULL && !value.isBoolean()) {
                throw RequestFields.wrongType("stream_options.include_usage", "true or false", value);
            }
            includeUsage |= usage && value == JsonToken.VALUE_TRUE;
            json.skipChildren();
        }
    }

    private void readLimit(String field, JsonParser json, boolean present) {
        if (!present) {
            return;
        }
        if (askedLimit != null) {
            throw PlatformException.invalid(
                    "max_tokens", "'max_tokens' and 'max_completion_tokens' are both given. Give one of them.");
        }
        askedLimit = bounded(field, json, Integer.MAX_VALUE);
        limitField = field;
    }

    private static int bounded(String field, JsonParser json, int most) {
        int value;
        try {
            value = json.getIntValue();
        } catch (InputCoercionException tooLarge) {
            value = -1;
        }
        if (value < 1 || value > most) {
            throw PlatformException.invalid(
                    field, "Invalid value for '" + field + "': " + text(json) + " (expected: 1 to " + most + ").");
        }
        return value;
    }

    private static String text(JsonParser json) {
        String text = json.getString();
        return text.length() > 20 ? text.substring(0, 20) + "..." : text;
    }

    private static int offset(long position) {
        return Math.toIntExact(position);
    }

    private static PlatformException malformed(@Nullable String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }
}
