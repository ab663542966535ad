package io.weir.orchestration.batch;

import io.weir.orchestration.dialect.WireJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a line of a batch's file asks for.
///
/// @param body of the call
record RequestLine(String customId, byte[] body) {

    private static final int LONGEST_ID = 512;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(WireJson.REQUESTS)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Why a line cannot be run, and by which of its fields; null: the line as a whole.
    static final class Fault extends Exception {

        private static final long serialVersionUID = 1L;

        private final String code;
        private final @Nullable String param;

        Fault(String code, @Nullable String param, String message) {
            super(message, null, false, false);
            this.code = code;
            this.param = param;
        }

        String code() {
            return code;
        }

        @Nullable
        String param() {
            return param;
        }

        String words() {
            String message = getMessage();
            return message == null ? code : message;
        }
    }

    /// @param endpoint that all lines of the batch name
    static RequestLine read(LineSplitter.Line line, String endpoint) throws Fault {
        if (line.tooLong()) {
            throw new Fault("line_too_long", null, "The line is longer than a request may be.");
        }
        JsonNode root = tree(line.bytes());
        String customId = text(root, "custom_id");
        if (customId.isEmpty() || customId.length() > LONGEST_ID) {
            throw new Fault("invalid_custom_id", "custom_id", "A custom_id has 1 to " + LONGEST_ID + " characters.");
        }
        if (!text(root, "method").equals("POST")) {
            throw new Fault("invalid_method", "method", "The method of a line is POST.");
        }
        String url = text(root, "url");
        if (!url.equals(endpoint)) {
            throw new Fault("mismatched_url", "url", "The url of a line is the batch's endpoint, " + endpoint + ".");
        }
        JsonNode body = root.path("body");
        if (!body.isObject()) {
            throw new Fault(
                    "missing_required_parameter", "body", "The body of a line is the JSON object of a request.");
        }
        return new RequestLine(customId, JSON.writeValueAsBytes(body));
    }

    private static JsonNode tree(byte[] bytes) throws Fault {
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root.isObject()) {
                return root;
            }
        } catch (JacksonException | StackOverflowError malformed) {
            // As what is no object.
        }
        throw new Fault("invalid_json_line", null, "This line is not a JSON object.");
    }

    private static String text(JsonNode root, String name) throws Fault {
        JsonNode value = root.path(name);
        if (!value.isString()) {
            throw new Fault(
                    "missing_required_parameter", name, "Missing required parameter: '" + name + "', a string.");
        }
        return value.asString();
    }

    /// The tier that the body asks a provider for, which batches have their own of; null: none, or the
    /// usual one.
    static @Nullable String otherTier(byte[] body) {
        String tier = JSON.readTree(body).path("service_tier").asString("auto");
        return tier.equals("auto") || tier.equals("default") ? null : tier;
    }
}
