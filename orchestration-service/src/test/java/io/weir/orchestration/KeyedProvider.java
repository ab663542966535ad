package io.weir.orchestration;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// An OpenAI-compatible provider that keeps which key each request brought, and answers some keys otherwise.
final class KeyedProvider implements AutoCloseable {

    private static final String ANSWER = """
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-mini","choices":[{"index":0,\
            "message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],\
            "usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}""";
    private static final String STREAM = """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello."},"finish_reason":null}]}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}

            data: [DONE]

            """;
    private static final String VECTORS = """
            {"object":"list","model":"text-embedding-3-small","data":[{"object":"embedding","index":0,\
            "embedding":[0.5,0.5]}],"usage":{"prompt_tokens":2,"total_tokens":2}}""";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    /// One request.
    record Seen(String path, String key, String body) {}

    /// @param headers for example `Location: http://...`
    record Reply(int status, String body, Map<String, String> headers, Runnable before) {

        static Reply of(int status, String message) {
            return new Reply(status, "{\"error\":{\"message\":\"" + message + "\",\"code\":null}}", Map.of(), () -> {});
        }
    }

    KeyedProvider() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /// As its SDKs take it.
    String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /// From now on requests with that key get that.
    void answers(String key, Reply reply) {
        replies.put(key, reply);
    }

    List<Seen> seen() {
        return seen;
    }

    /// The keys that came, in order.
    List<String> keys() {
        return seen.stream().map(Seen::key).toList();
    }

    void forget() {
        seen.clear();
        replies.clear();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String key = exchange.getRequestHeaders().getFirst("authorization").replaceFirst("^Bearer ", "");
            String path = exchange.getRequestURI().getPath();
            seen.add(new Seen(path, key, body));
            Reply reply = replies.getOrDefault(key, good(path, body));
            reply.before().run();
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Reply good(String path, String body) {
        if (path.endsWith("/embeddings")) {
            return new Reply(200, VECTORS, Map.of("content-type", "application/json"), () -> {});
        }
        return body.contains("\"stream\":true")
                ? new Reply(200, STREAM, Map.of("content-type", "text/event-stream"), () -> {})
                : new Reply(200, ANSWER, Map.of("content-type", "application/json"), () -> {});
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
