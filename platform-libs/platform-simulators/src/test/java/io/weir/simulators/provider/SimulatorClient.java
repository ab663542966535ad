package io.weir.simulators.provider;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls the simulator over real HTTP, as a gateway would.
final class SimulatorClient implements AutoCloseable {

    static final String HELLO = "\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CHAT = "/v1/chat/completions";

    private final String baseUrl;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    SimulatorClient(ProviderSimulator simulator) {
        this.baseUrl = simulator.baseUrl();
    }

    record Answer(int status, java.net.http.HttpHeaders headers, String body) {

        JsonNode json() {
            return JSON.readTree(body);
        }

        JsonNode error() {
            return json().path("error");
        }

        String requestId() {
            return headers.firstValue("x-request-id").orElseThrow();
        }

        /// The JSON of each event, without `[DONE]`.
        List<JsonNode> events() {
            return body.lines()
                    .filter(line -> line.startsWith("data: {"))
                    .map(line -> JSON.readTree(line.substring("data: ".length())))
                    .toList();
        }
    }

    /// A stream that is read line by line and may be left early.
    record OpenStream(String requestId, InputStream body, BufferedReader lines) implements AutoCloseable {

        /// Reads on until so many deltas with content have come.
        void readDeltas(int count) {
            for (int seen = 0; seen < count; ) {
                String line = nextLine();
                if (line.contains("\"delta\":{\"content\":\"")) {
                    seen++;
                }
            }
        }

        String nextLine() {
            try {
                String line = lines.readLine();
                return line == null ? "" : line;
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        @Override
        public void close() {
            try {
                body.close();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    /// @param fields the members of the JSON body, without braces
    Answer chat(String fields) {
        return send("POST", CHAT, "{" + fields + "}");
    }

    JsonNode chatted(String fields) {
        Answer answer = chat(fields);
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
        return answer.json();
    }

    OpenStream open(String fields) {
        try {
            HttpRequest request =
                    request("POST", CHAT, "{\"stream\":true," + fields + "}").build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            return new OpenStream(
                    response.headers().firstValue("x-request-id").orElseThrow(),
                    response.body(),
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    Answer send(String method, String path, String body) {
        return send(request(method, path, body).build());
    }

    Answer sendWithKey(String authorization, String fields) {
        return send(request("POST", CHAT, "{" + fields + "}")
                .setHeader("authorization", authorization)
                .build());
    }

    Answer sendWithoutKey(String path) {
        return send(HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(10))
                .build());
    }

    void behave(String fields) {
        Answer answer = send("PUT", "/_behaviour", "{" + fields + "}");
        if (answer.status() != 200) {
            throw new IllegalStateException(answer.toString());
        }
    }

    JsonNode ledger() {
        return send("GET", "/_ledger", "").json();
    }

    /// The ledger once no call runs any more.
    JsonNode settledLedger() {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < deadline) {
            JsonNode ledger = ledger();
            if (ledger.path("in_flight").intValue() == 0) {
                return ledger;
            }
        }
        throw new AssertionError("calls still run: " + ledger());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(10))
                .header("content-type", "application/json")
                .header("authorization", "Bearer sk-test")
                .method(method, BodyPublishers.ofString(body));
    }
}
