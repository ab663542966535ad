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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls the simulator over real HTTP, as a gateway would.
final class SimulatorClient implements AutoCloseable {

    static final String HELLO = "\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CHAT = "/v1/chat/completions";
    private static final String MESSAGES = "/anthropic/v1/messages";
    private static final String GEMINI = "/gemini/v1beta/models/";

    private static final Map<String, String> KEYS = Map.of(
            "authorization", "Bearer sk-test",
            "x-api-key", "sk-ant-test",
            "anthropic-version", "2023-06-01",
            "x-goog-api-key", "AIza-test");

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
            return requestIdOf(headers);
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
            readLines("\"delta\":{\"content\":\"", count);
        }

        /// Reads on until so many lines with this text have come.
        void readLines(String text, int count) {
            for (int seen = 0; seen < count; ) {
                String line = nextLine();
                if (line.contains(text)) {
                    seen++;
                }
            }
        }

        /// Reads on until the connection is gone; how many lines came before is up to the client's buffers.
        void readUntilItBreaks() {
            try {
                while (lines.readLine() != null) {
                    // What it says is in the ledger.
                }
            } catch (IOException cut) {
                // As expected.
            }
        }

        String nextLine() {
            try {
                String line = lines.readLine();
                if (line == null) {
                    throw new IllegalStateException("the stream ended");
                }
                return line;
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

    /// @param fields the members of the JSON body, without braces
    Answer message(String fields) {
        return send("POST", MESSAGES, "{" + fields + "}");
    }

    /// @param fields the members of the JSON body, without braces
    Answer content(String model, String fields) {
        return send("POST", GEMINI + model + ":generateContent", "{" + fields + "}");
    }

    Answer contentStream(String model, String fields) {
        return send("POST", GEMINI + model + ":streamGenerateContent?alt=sse", "{" + fields + "}");
    }

    OpenStream open(String fields) {
        return openAt(CHAT, "{\"stream\":true," + fields + "}");
    }

    OpenStream openMessage(String fields) {
        return openAt(MESSAGES, "{\"stream\":true," + fields + "}");
    }

    OpenStream openContent(String model, String fields) {
        return openAt(GEMINI + model + ":streamGenerateContent?alt=sse", "{" + fields + "}");
    }

    private OpenStream openAt(String path, String body) {
        try {
            HttpRequest request = request("POST", path, body).build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            return new OpenStream(
                    requestIdOf(response.headers()),
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

    /// Sends with one header replaced; left out where the value is null.
    Answer sendWith(String header, @Nullable String value, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(body));
        Map<String, String> headers = new HashMap<>(KEYS);
        headers.remove(header);
        if (value != null) {
            headers.put(header, value);
        }
        headers.forEach(request::header);
        return send(request.build());
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
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path))
                .timeout(Duration.ofSeconds(10))
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        KEYS.forEach(request::header);
        return request;
    }

    private static String requestIdOf(java.net.http.HttpHeaders headers) {
        return headers.firstValue("x-request-id")
                .or(() -> headers.firstValue("request-id"))
                .orElseThrow();
    }
}
