package io.weir.orchestration;

import io.weir.security.Passport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A caller of the service. Each call has an id of its own.
record Client(String baseUrl, @Nullable String passport) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// The same at another process.
    Client at(int port) {
        return new Client("http://127.0.0.1:" + port, passport);
    }

    /// A plain answer.
    record Answer(int status, HttpResponse<String> response) {

        JsonNode json() {
            return JsonMapper.shared().readTree(response.body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode error() {
            return json().path("error");
        }

        String requestId() {
            return header("x-request-id");
        }

        @Override
        public String toString() {
            return status + " " + response.body();
        }
    }

    static String hello(String model) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}";
    }

    static String streaming(String more) {
        return "{\"model\":\"" + Mesh.MODEL + "\",\"stream\":true," + more
                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}";
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET(), BodyHandlers.ofString());
    }

    HttpResponse<String> getAsAnthropic(String path) {
        return send(request(path).header("anthropic-version", "2023-06-01").GET(), BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) {
        return send(request(path).DELETE(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) {
        return send(request(path).POST(BodyPublishers.ofString(body)), BodyHandlers.ofString());
    }

    Answer chat(String body) {
        HttpResponse<String> response =
                send(request("/v1/chat/completions").POST(BodyPublishers.ofString(body)), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    Answer embed(String body) {
        HttpResponse<String> response =
                send(request("/v1/embeddings").POST(BodyPublishers.ofString(body)), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// The lines of a stream, to its end.
    List<String> lines(String body) {
        return send(request("/v1/chat/completions").POST(BodyPublishers.ofString(body)), BodyHandlers.ofLines())
                .body()
                .toList();
    }

    /// A plain call within a sampled trace, as the gateway forwards it.
    Answer chatTraced(String body, String traceId) {
        HttpRequest.Builder request = request("/v1/chat/completions")
                .header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01")
                .POST(BodyPublishers.ofString(body));
        HttpResponse<String> response = send(request, BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// A plain call that may be answered without what its provider cannot do.
    Answer chatTolerant(String body) {
        HttpResponse<String> response = send(
                request("/v1/chat/completions")
                        .header("x-weir-tolerant", "true")
                        .POST(BodyPublishers.ofString(body)),
                BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// A plain call with tags, as the header has them.
    Answer chatTagged(String body, String tags) {
        HttpResponse<String> response = send(
                request("/v1/chat/completions").header("x-weir-tags", tags).POST(BodyPublishers.ofString(body)),
                BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// A call with one more header.
    Answer with(String path, String body, String name, String value) {
        HttpResponse<String> response =
                send(request(path).header(name, value).POST(BodyPublishers.ofString(body)), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// A call that names keys, each in a header of its own.
    Answer keyed(String path, String body, String... keys) {
        HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body));
        for (String key : keys) {
            request.header("Idempotency-Key", key);
        }
        HttpResponse<String> response = send(request, BodyHandlers.ofString());
        return new Answer(response.statusCode(), response);
    }

    /// The same for a chat, of whose answer nothing is read yet.
    HttpResponse<InputStream> openKeyed(String body, String key) {
        return send(
                request("/v1/chat/completions").header("Idempotency-Key", key).POST(BodyPublishers.ofString(body)),
                BodyHandlers.ofInputStream());
    }

    HttpResponse<InputStream> open(String body) {
        return send(request("/v1/chat/completions").POST(BodyPublishers.ofString(body)), BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(60))
                .header("content-type", "application/json")
                .header("x-request-id", UUID.randomUUID().toString());
        return passport == null ? request : request.header(Passport.HEADER, passport);
    }

    private static <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            return HTTP.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
