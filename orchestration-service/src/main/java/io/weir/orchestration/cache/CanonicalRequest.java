package io.weir.orchestration.cache;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A request without what cannot change its answer, its fields in one order.
///
/// @param digest of all of it
/// @param sampled whether its answer is left to chance, which it is unless its temperature is 0
/// @param last its last message, where that is the user's and only text; null: it is not
record CanonicalRequest(
        String digest, boolean sampled, @Nullable Last last) {

    /// A request's last message.
    ///
    /// @param frame digest of all else
    record Last(String frame, String text) {}

    // Who asks, how the answer is to be carried, and what the provider keeps of it.
    private static final Set<String> IGNORED = Set.of(
            "metadata",
            "prompt_cache_key",
            "prompt_cache_retention",
            "safety_identifier",
            "store",
            "stream",
            "stream_options",
            "user");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /// Empty where it cannot be told what it says, since a name stands in it twice for instance.
    ///
    /// @param chat as chat completions have it
    /// @param original in the API that it came by; null: that is the same
    /// @param surroundings what else can change the answer
    static Optional<CanonicalRequest> of(byte[] chat, byte @Nullable [] original, List<String> surroundings) {
        try {
            ObjectNode first = object(chat);
            ObjectNode second = original == null ? null : object(original);
            String digest = digest(surroundings, first, second);
            JsonNode temperature = first.path("temperature");
            boolean sampled =
                    !temperature.isNumber() || temperature.decimalValue().signum() != 0;
            String text = takeLast(first);
            if (text == null || (second != null && !text.equals(takeLast(second)))) {
                return Optional.of(new CanonicalRequest(digest, sampled, null));
            }
            Last last = new Last(digest(surroundings, first, second), text);
            return Optional.of(new CanonicalRequest(digest, sampled, last));
        } catch (JacksonException | ClassCastException | NumberFormatException untold) {
            return Optional.empty();
        }
    }

    private static ObjectNode object(byte[] body) {
        ObjectNode request = (ObjectNode) JSON.readTree(body);
        request.remove(IGNORED);
        return request;
    }

    // The text, which is not in the request any more.
    private static @Nullable String takeLast(ObjectNode request) {
        JsonNode messages = request.path("messages");
        if (!(messages.path(messages.size() - 1) instanceof ObjectNode last)
                || !last.path("role").asString("").equals("user")) {
            return null;
        }
        JsonNode content = last.path("content");
        if (content.isString()) {
            last.putNull("content");
            return content.asString();
        }
        if (!(content.path(0) instanceof ObjectNode part)
                || content.size() != 1
                || part.size() != 2
                || !part.path("type").asString("").equals("text")
                || !part.path("text").isString()) {
            return null;
        }
        String text = part.path("text").asString();
        part.putNull("text");
        return text;
    }

    private static String digest(List<String> surroundings, ObjectNode first, @Nullable ObjectNode second) {
        StringBuilder all = new StringBuilder("1");
        surroundings.forEach(word -> all.append(word.length()).append(':').append(word));
        write(first, all);
        if (second != null) {
            write(second, all);
        }
        return HexFormat.of().formatHex(sha256().digest(all.toString().getBytes(StandardCharsets.UTF_16BE)));
    }

    private static void write(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            out.append('{');
            TreeMap<String, JsonNode> ordered = new TreeMap<>();
            node.properties().forEach(field -> ordered.put(field.getKey(), field.getValue()));
            ordered.forEach((name, value) -> {
                out.append(JSON.writeValueAsString(name)).append(':');
                write(value, out);
                out.append(',');
            });
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            node.forEach(value -> {
                write(value, out);
                out.append(',');
            });
            out.append(']');
        } else {
            out.append(node);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("SHA-256 is part of every JDK", missing);
        }
    }
}
