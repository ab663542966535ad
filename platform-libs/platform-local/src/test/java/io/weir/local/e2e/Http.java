package io.weir.local.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Plain HTTP with JSON, as any client would speak it.
final class Http {

    // Money on the wire is exact; read as double it would not be.
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private Http() {}

    /// An answer with its body as text.
    record Answer(int status, HttpResponse<String> raw) {

        String body() {
            return raw.body();
        }

        JsonNode json() {
            return JSON.readTree(raw.body());
        }

        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        /// For assertion messages.
        String shown() {
            return status + " " + raw.uri() + " " + raw.body();
        }
    }

    static HttpRequest.Builder request(String url, @Nullable String apiKey) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(150));
        return apiKey == null ? request : request.header("authorization", "Bearer " + apiKey);
    }

    static Answer get(String url, @Nullable String apiKey) {
        return send(request(url, apiKey).GET());
    }

    static Answer post(String url, @Nullable String apiKey, String json) {
        return send(
                request(url, apiKey).header("content-type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    static Answer method(String method, String url, @Nullable String apiKey, String json) {
        return send(request(url, apiKey)
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(json)));
    }

    static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException failed) {
            throw new IllegalStateException("no answer from " + request.build().uri(), failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /// Whether the text is JSON at all.
    static boolean isJson(String text) {
        try {
            JSON.readTree(text);
            return true;
        } catch (JacksonException notJson) {
            return false;
        }
    }
}
