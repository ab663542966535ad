package io.weir.local.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The platform's own public API, as an operator's tool calls it. Safe for use by many threads.
public final class PlatformApi implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final String gateway;

    /// @param gateway its URL, without a path
    public PlatformApi(String gateway) {
        this.gateway = gateway;
    }

    /// @param body JSON; an empty object where the answer held none, its `text` where that was no JSON
    public record Answer(int status, JsonNode body, HttpHeaders headers) {

        public boolean succeeded() {
            return status / 100 == 2;
        }

        @Nullable
        String entityTag() {
            return headers.firstValue("ETag").orElse(null);
        }

        /// Empty where there is no such header.
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /// @param key null: without one
    public Answer get(String path, @Nullable String key) throws IOException, InterruptedException {
        return send(request(path, key).GET());
    }

    /// A resource as people see it; an answer that is no success holds the problem instead.
    public Answer page(String path, String key) throws IOException, InterruptedException {
        return send(request(path, key).header("Accept", "text/html").GET());
    }

    public Answer post(String path, String key, Object body) throws IOException, InterruptedException {
        return send(request(path, key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body))));
    }

    /// A JSON merge patch of the state that `entityTag` names.
    public Answer patch(String path, String key, @Nullable String entityTag, Object body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path, key)
                .header("Content-Type", "application/merge-patch+json")
                .method(
                        "PATCH",
                        HttpRequest.BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)));
        return send(entityTag == null ? request : request.header("If-Match", entityTag));
    }

    private HttpRequest.Builder request(String path, @Nullable String key) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gateway + path)).timeout(PATIENCE);
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), json(answer.body()), answer.headers());
    }

    private static JsonNode json(String text) {
        try {
            return text.isBlank()
                    ? JsonNodeFactory.instance.objectNode()
                    : JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.objectNode().put("text", text);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
