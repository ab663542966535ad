package io.weir.orchestration;

import io.weir.security.Passport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A caller of files and batches.
record FileClient(String baseUrl, String passport) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String BOUNDARY = "----weir-test";

    record Answer(int status, String body) {

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        String param() {
            return json().path("error").path("param").asString("");
        }

        String code() {
            return json().path("error").path("code").asString("");
        }

        String id() {
            return json().path("id").asString("");
        }
    }

    static FileClient of(Client client) {
        return new FileClient(client.baseUrl(), Objects.requireNonNull(client.passport()));
    }

    FileClient at(int port) {
        return new FileClient("http://127.0.0.1:" + port, passport);
    }

    static String field(String name, String value) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    static String file(String name, String content) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                + "\"\r\nContent-Type: application/jsonl\r\n\r\n" + content + "\r\n";
    }

    static final String END = "--" + BOUNDARY + "--\r\n";

    Answer multipart(String body) {
        return multipart(BodyPublishers.ofString(body));
    }

    Answer multipart(BodyPublisher body) {
        return send(request("/v1/files")
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(body));
    }

    /// The id of a file with that content.
    String uploaded(String content) {
        Answer answer = multipart(field("purpose", "batch") + file("lines.jsonl", content) + END);
        if (answer.status() != 200) {
            throw new AssertionError(answer);
        }
        return answer.id();
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    Answer post(String path, String body) {
        return send(request(path).header("content-type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    Answer post(String path, String body, String header, String value) {
        return send(request(path)
                .header("content-type", "application/json")
                .header(header, value)
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofMinutes(2))
                .header("x-request-id", UUID.randomUUID().toString())
                .header(Passport.HEADER, passport);
    }

    private static Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
