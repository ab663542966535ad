package io.weir.local.e2e;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A reader of the live cost stream as a customer writes it: adds up, and comes back where it was.
final class CostReader implements WebSocket.Listener {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Platform.Tenant tenant;
    private final StringBuilder partial = new StringBuilder();
    private final StringBuilder fault = new StringBuilder();
    private @Nullable WebSocket socket;
    private boolean begun;
    private long seq;
    private long requests;
    private BigDecimal cost = BigDecimal.ZERO;
    private int frames;
    private int closeCode;
    private long closedAt;

    CostReader(Platform.Tenant tenant) {
        this.tenant = tenant;
    }

    /// Opens the stream, or goes on after the last number.
    CostReader connect() throws Exception {
        closeCode = 0;
        String from = begun ? "?resume_from=" + seq() : "";
        socket = HTTP.newWebSocketBuilder()
                .subprotocols("weir.costs.v1", "bearer." + tenant.apiKey())
                .buildAsync(URI.create(Platform.gateway().replaceFirst("http", "ws") + "/ws/costs" + from), this)
                .get(20, TimeUnit.SECONDS);
        return this;
    }

    void leave() {
        if (socket != null) {
            socket.abort();
        }
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            take(Http.JSON.readTree(partial.toString()));
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    private void take(JsonNode frame) {
        long to = frame.path("seq").asLong();
        String type = frame.path("type").asString();
        frames++;
        if (type.equals("delta")) {
            if (frame.path("from_seq").asLong() != seq + 1) {
                fault.append(frame).append(" after ").append(seq).append("; ");
            }
            requests += frame.path("requests").asLong();
            cost = cost.add(new BigDecimal(frame.path("cost_usd").asString()));
        } else if (begun && to != seq) {
            fault.append(frame).append(" after ").append(seq).append("; ");
        }
        if (type.equals("snapshot")) {
            requests = frame.path("requests").asLong();
            cost = new BigDecimal(frame.path("cost_usd").asString());
        }
        begun = true;
        seq = to;
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed(statusCode);
        return null;
    }

    @Override
    public synchronized void onError(WebSocket webSocket, Throwable error) {
        closed(1006);
    }

    private void closed(int code) {
        closeCode = code;
        closedAt = System.nanoTime();
    }

    synchronized long seq() {
        return seq;
    }

    synchronized long requests() {
        return requests;
    }

    synchronized BigDecimal cost() {
        return cost;
    }

    synchronized int frames() {
        return frames;
    }

    synchronized String fault() {
        return fault.toString();
    }

    /// 0: open.
    synchronized int closeCode() {
        return closeCode;
    }

    /// A reading of [System#nanoTime()].
    synchronized long closedAt() {
        return closedAt;
    }
}
