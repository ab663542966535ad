package io.weir.billing.stripe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// A wire between two servers that does what a test wants: pass calls on, lose them, lose their answers, or answer
/// itself. Loopback only.
public final class Wire implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final List<String> CARRIED =
            List.of("authorization", "content-type", "idempotency-key", "stripe-version", "stripe-signature");
    private static final List<String> ANSWERED =
            List.of("content-type", "request-id", "idempotent-replayed", "stripe-should-retry");

    /// What becomes of a call.
    public sealed interface Fate {
        record Passed() implements Fate {}

        /// It never arrives.
        record Lost() implements Fate {}

        /// It arrives, and is carried out; its answer is lost.
        record AnswerLost() implements Fate {}

        /// It never arrives, and is answered in its stead.
        record Answered(int status, String body, Map<String, String> headers) implements Fate {}
    }

    /// A call as the wire saw it.
    public record Call(String method, String path, String query, String key, String body) {

        public boolean is(String wantedMethod, String wantedPath) {
            return method.equals(wantedMethod) && path.equals(wantedPath);
        }

        public boolean isWrite() {
            return method.equals("POST");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile String target;
    private volatile Function<Call, Fate> fates = call -> new Fate.Passed();

    public Wire(String target) throws IOException {
        this.target = target;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::carry);
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void leadTo(String newTarget) {
        target = newTarget;
    }

    public void decide(Function<Call, Fate> decision) {
        fates = decision;
    }

    public void heal() {
        fates = call -> new Fate.Passed();
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    private void carry(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            URI uri = exchange.getRequestURI();
            String key = exchange.getRequestHeaders().getFirst("idempotency-key");
            Call call = new Call(
                    exchange.getRequestMethod(),
                    uri.getPath(),
                    String.valueOf(uri.getRawQuery()),
                    key == null ? "" : key,
                    new String(body, StandardCharsets.UTF_8));
            calls.add(call);
            switch (fates.apply(call)) {
                case Fate.Passed passed -> answer(exchange, forward(exchange, uri, body));
                case Fate.Lost lost -> {}
                case Fate.AnswerLost lost -> forward(exchange, uri, body);
                case Fate.Answered answered -> {
                    answered.headers().forEach(exchange.getResponseHeaders()::set);
                    write(exchange, answered.status(), answered.body().getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, URI uri, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target + uri))
                .timeout(LIMIT)
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        for (String name : CARRIED) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(stopped));
        }
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> answer) throws IOException {
        for (String name : ANSWERED) {
            answer.headers()
                    .firstValue(name)
                    .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
        }
        write(exchange, answer.statusCode(), answer.body());
    }

    private static void write(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
        client.close();
    }
}
