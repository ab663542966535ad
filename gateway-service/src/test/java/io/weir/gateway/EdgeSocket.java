package io.weir.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A socket through the gateway, as the JDK's client opens it.
final class EdgeSocket implements WebSocket.Listener {

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final String id = UUID.randomUUID().toString();
    private @Nullable WebSocket socket;

    /// @param protocols offered, in this order
    static EdgeSocket open(HttpClient client, URI uri, @Nullable String key, String... protocols) throws Exception {
        EdgeSocket opened = new EdgeSocket();
        WebSocket.Builder builder = client.newWebSocketBuilder();
        if (key != null) {
            builder.header("authorization", "Bearer " + key);
        }
        if (protocols.length > 0) {
            String[] further = java.util.Arrays.copyOfRange(protocols, 1, protocols.length);
            builder.subprotocols(protocols[0], further);
        }
        String marked = uri + (uri.getQuery() == null ? "?" : "&") + "test-socket=" + opened.id;
        URI ws = URI.create(marked.replaceFirst("http", "ws"));
        opened.socket = builder.buildAsync(ws, opened).get(30, TimeUnit.SECONDS);
        return opened;
    }

    /// The status with which the handshake was refused.
    static int refusal(HttpClient client, URI uri, @Nullable String key, String... protocols) throws Exception {
        try {
            open(client, uri, key, protocols).socket().abort();
            return 101;
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof WebSocketHandshakeException handshake) {
                return handshake.getResponse().statusCode();
            }
            throw refused;
        }
    }

    /// Stands in the query of the requests that it makes, the service's included.
    String id() {
        return id;
    }

    WebSocket socket() {
        if (socket == null) {
            throw new IllegalStateException("not open");
        }
        return socket;
    }

    String next() throws InterruptedException {
        String text = texts.poll(30, TimeUnit.SECONDS);
        if (text == null) {
            throw new AssertionError("no frame; closed: " + closed.getNow("no"));
        }
        return text;
    }

    /// `code reason`, once it is closed.
    String closed() throws Exception {
        return closed.get(30, TimeUnit.SECONDS);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            texts.add(partial.toString());
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.complete("1006 " + error);
    }
}
