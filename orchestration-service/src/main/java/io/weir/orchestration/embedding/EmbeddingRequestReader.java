package io.weir.orchestration.embedding;

import io.weir.orchestration.dialect.RoutingReader;
import io.weir.orchestration.embedding.EmbeddingRequest.Format;
import io.weir.orchestration.embedding.EmbeddingRequest.Inputs;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.json.JsonMapper;

/// Reads one request in one pass, without a tree. Unknown fields are ignored; what is wrong is a 400 naming the field.
final class EmbeddingRequestReader {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> FIELDS =
            Set.of("model", "input", "encoding_format", "dimensions", "user", "provider");

    private final Set<String> seen = new HashSet<>();
    private @Nullable String model;
    private @Nullable Inputs inputs;
    private Format format = Format.FLOAT;
    private @Nullable Integer dimensions;
    private @Nullable String user;
    private final RoutingReader routing = new RoutingReader();

    private EmbeddingRequestReader() {}

    /// Throws a 400 [PlatformException] saying what is wrong and where.
    static EmbeddingRequest read(byte[] body) {
        return new EmbeddingRequestReader().parse(body);
    }

    private EmbeddingRequest parse(byte[] body) {
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("it is not a JSON object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                readField(json.currentName(), json);
            }
            if (json.nextToken() != null) {
                throw malformed("something follows the JSON object");
            }
        } catch (JacksonException broken) {
            throw malformed(broken.getOriginalMessage());
        }
        Inputs given = inputs;
        if (given == null) {
            throw seen.contains("messages")
                    ? PlatformException.invalid(
                            "input",
                            "Missing required parameter: 'input'. The body has 'messages': send it to"
                                    + " POST /v1/chat/completions.")
                    : PlatformException.invalid("input", "Missing required parameter: 'input'.");
        }
        return new EmbeddingRequest(model, given, format, dimensions, user, routing.wishes(), body.length);
    }

    private void readField(String field, JsonParser json) {
        JsonToken value = json.nextToken();
        if (!seen.add(field) && FIELDS.contains(field)) {
            throw PlatformException.invalid(field, "'" + field + "' is given twice. Give it once.");
        }
        if (value != JsonToken.VALUE_NULL) {
            switch (field) {
                case "model" -> model = named(string(field, json));
                case "input" -> inputs = InputReader.read(json);
                case "encoding_format" -> format = format(string(field, json));
                case "dimensions" -> dimensions = dimensions(json);
                case "user" -> user = string(field, json);
                case "provider" -> readProvider(json);
                case "models" ->
                    throw PlatformException.invalid(
                            "models",
                            "'models' is not for embeddings: vectors of another model would be of no use. Name one"
                                    + " 'model'.");
                default -> {}
            }
        }
        json.skipChildren();
    }

    private void readProvider(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrongType("provider", "an object");
        }
        routing.readProvider(json);
    }

    private static String named(String model) {
        if (model.isBlank()) {
            throw PlatformException.invalid("model", "'model' is empty. Name a model of GET /v1/models.");
        }
        return model;
    }

    private static Format format(String word) {
        return switch (word) {
            case "float" -> Format.FLOAT;
            case "base64" -> Format.BASE64;
            default ->
                throw PlatformException.invalid(
                        "encoding_format", "Invalid value for 'encoding_format' (expected: 'float' or 'base64').");
        };
    }

    private static int dimensions(JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType("dimensions", "a whole number");
        }
        try {
            int value = json.getIntValue();
            if (value >= 1) {
                return value;
            }
        } catch (InputCoercionException tooLarge) {
            // Told below.
        }
        throw PlatformException.invalid("dimensions", "Invalid value for 'dimensions' (expected: 1 or more).");
    }

    private static String string(String field, JsonParser json) {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(field, "a string");
        }
        return json.getString();
    }

    static PlatformException wrongType(String path, String expected) {
        return PlatformException.invalid(path, "Invalid type for '" + path + "' (expected: " + expected + ").");
    }

    private static PlatformException malformed(@Nullable String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }
}
