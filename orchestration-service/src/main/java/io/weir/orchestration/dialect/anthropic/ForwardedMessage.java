package io.weir.orchestration.dialect.anthropic;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// A request of a client that speaks the Messages API itself: its fields byte for byte, with another model and limit.
/// Fields that only a beta of that API knows are left out, for no beta is asked for.
final class ForwardedMessage {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> PASSED = Set.of(
            "messages",
            "system",
            "stream",
            "stop_sequences",
            "temperature",
            "top_p",
            "top_k",
            "metadata",
            "tools",
            "tool_choice",
            "thinking",
            "output_config",
            "cache_control",
            "service_tier",
            "inference_geo");

    private ForwardedMessage() {}

    /// @param body an object in which no name stands twice
    static byte[] of(byte[] body, String model, int outputLimit) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 64);
        String ours = "{\"model\":" + JSON.writeValueAsString(model) + ",\"max_tokens\":" + outputLimit;
        out.writeBytes(ours.getBytes(StandardCharsets.UTF_8));
        try (JsonParser json = JSON.createParser(body)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean passed = PASSED.contains(json.currentName());
                int start = (int) json.currentTokenLocation().getByteOffset();
                json.nextToken();
                json.skipChildren();
                json.finishToken();
                int end = (int) json.currentLocation().getByteOffset();
                if (passed) {
                    out.write(',');
                    out.write(body, start, end - start);
                }
            }
        }
        out.write('}');
        return out.toByteArray();
    }
}
