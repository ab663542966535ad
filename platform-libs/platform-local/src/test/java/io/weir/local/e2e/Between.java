package io.weir.local.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Stands between a client and the gateway, passes plain calls on, and remembers how each was answered.
final class Between implements AutoCloseable {

    private static final List<String> ASKED =
            List.of("authorization", "x-api-key", "anthropic-version", "content-type", "accept");
    private static final List<String> ANSWERED =
            List.of("content-type", "x-should-retry", "retry-after", "retry-after-ms", "x-request-id", "request-id");

    private final HttpServer server;
    private final @Nullable String limited;
    private final List<Integer> statuses = new CopyOnWriteArrayList<>();

    private Between(@Nullable String limited) throws IOException {
        this.limited = limited;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.start();
    }

    static Between gateway() throws IOException {
        return new Between(null);
    }

    /// While the first call is under way, the provider refuses all with 429; from then on none.
    static Between limitedOnce(String provider) throws IOException {
        return new Between(provider);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// In the order of the answers.
    List<Integer> statuses() {
        return List.copyOf(statuses);
    }

    private void pass(HttpExchange exchange) throws IOException {
        boolean refused = limited != null && statuses.isEmpty();
        if (refused) {
            Simulator.behaves("\"provider\":\"" + limited + "\",\"errorRate\":1,\"errorStatus\":429");
        }
        Http.Answer answer;
        try {
            answer = Http.send(forwarded(exchange));
        } finally {
            if (refused) {
                Simulator.behavesWell();
            }
        }
        statuses.add(answer.status());
        for (String header : ANSWERED) {
            answer.raw()
                    .headers()
                    .firstValue(header)
                    .ifPresent(value -> exchange.getResponseHeaders().add(header, value));
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static HttpRequest.Builder forwarded(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        HttpRequest.Builder request = Http.request(Platform.gateway() + exchange.getRequestURI(), null)
                .method(
                        exchange.getRequestMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        for (String header : ASKED) {
            @Nullable String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                request.header(header, value);
            }
        }
        return request;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
