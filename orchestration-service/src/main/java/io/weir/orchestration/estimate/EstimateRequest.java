package io.weir.orchestration.estimate;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.ChatRequestReader;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.route.ModelCatalog;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What is asked.
///
/// @param chat the call to be estimated: the body's `request`, else one whose only message is the description
/// @param maxCost in US dollars; null: none
/// @param preferredProvider as written; null: none
record EstimateRequest(
        ChatRequest chat,
        @Nullable BigDecimal maxCost,
        @Nullable String preferredProvider) {

    private static final int LONGEST_DESCRIPTION = 32_768;
    private static final BigDecimal HIGHEST_COST = BigDecimal.valueOf(1_000_000);
    private static final int MOST_DECIMALS = 30;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// Throws a 400 [PlatformException] naming the field.
    static EstimateRequest read(byte[] body) {
        JsonNode root = parsed(body);
        JsonNode preferences = member(root, "preferences");
        if (!preferences.isMissingNode() && !preferences.isObject()) {
            throw wrong("preferences", "must be an object");
        }
        return new EstimateRequest(chat(root), maxCost(preferences), provider(preferences));
    }

    private static JsonNode parsed(byte[] body) {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (JacksonException broken) {
            throw malformed(broken.getOriginalMessage());
        } catch (NumberFormatException excessive) {
            throw malformed("a number is too large");
        }
        if (!root.isObject()) {
            throw malformed("it is not a JSON object");
        }
        return root;
    }

    /// Null counts as absent.
    private static JsonNode member(JsonNode node, String name) {
        JsonNode found = node.path(name);
        return found.isNull() ? JSON.missingNode() : found;
    }

    private static ChatRequest chat(JsonNode root) {
        String description = description(member(root, "taskDescription"));
        JsonNode request = member(root, "request");
        if (request.isMissingNode()) {
            if (description == null) {
                throw wrong("taskDescription", "is missing. Describe the task, or give the whole call as 'request'");
            }
            return ChatRequestReader.read(WireJson.write(described(description)));
        }
        if (!request.isObject()) {
            throw wrong("request", "must be an object, the body of a chat completion");
        }
        return read(request);
    }

    private static ChatRequest read(JsonNode request) {
        try {
            return ChatRequestReader.read(WireJson.write(request));
        } catch (PlatformException refused) {
            String field = refused.param();
            throw PlatformException.of(
                    refused.type(),
                    field == null ? "request" : "request." + field,
                    String.valueOf(refused.getMessage()));
        }
    }

    private static ObjectNode described(String description) {
        ObjectNode call = JSON.createObjectNode().put("model", ModelCatalog.AUTO);
        call.putArray("messages").addObject().put("role", "user").put("content", description);
        return call;
    }

    private static @Nullable String description(JsonNode node) {
        if (node.isMissingNode()) {
            return null;
        }
        if (!node.isString()) {
            throw wrong("taskDescription", "must be a string");
        }
        String text = node.stringValue();
        if (text.isBlank()) {
            throw wrong("taskDescription", "is empty");
        }
        if (text.length() > LONGEST_DESCRIPTION) {
            throw wrong(
                    "taskDescription",
                    "must have at most " + LONGEST_DESCRIPTION
                            + " characters. Give the whole call as 'request' instead");
        }
        return text;
    }

    private static @Nullable BigDecimal maxCost(JsonNode preferences) {
        JsonNode node = member(preferences, "maxCost");
        if (node.isMissingNode()) {
            return null;
        }
        if (!node.isNumber()) {
            throw wrong("preferences.maxCost", "must be a number of US dollars");
        }
        BigDecimal cost = node.decimalValue();
        // The scale first: comparing 1e999999999 would expand it.
        if (Math.abs((long) cost.scale()) > MOST_DECIMALS || cost.signum() < 0 || cost.compareTo(HIGHEST_COST) > 0) {
            throw wrong("preferences.maxCost", "must be from 0 to " + HIGHEST_COST.toPlainString());
        }
        return cost;
    }

    private static @Nullable String provider(JsonNode preferences) {
        JsonNode node = member(preferences, "preferredProvider");
        if (node.isMissingNode()) {
            return null;
        }
        if (!node.isString()) {
            throw wrong("preferences.preferredProvider", "must be a string");
        }
        return node.stringValue();
    }

    private static PlatformException wrong(String field, String what) {
        return PlatformException.invalid(field, "'" + field + "' " + what + ".");
    }

    private static PlatformException malformed(@Nullable String why) {
        return new PlatformException(
                ProblemType.INVALID_REQUEST,
                "The body cannot be read as JSON: " + why + ". Send a JSON object in UTF-8.");
    }
}
