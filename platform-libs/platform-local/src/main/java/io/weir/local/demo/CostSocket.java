package io.weir.local.demo;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A tenant's live cost stream, read as a browser's dashboard would. For one reader.
final class CostSocket implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private long seq = -1;
    private long requests;
    private BigDecimal cost = BigDecimal.ZERO;

    /// What one frame added, and the totals of the month after it.
    record Tick(long seq, BigDecimal added, BigDecimal running) {}

    CostSocket(String gateway, String apiKey) throws IOException {
        URI uri = URI.create(gateway.replaceFirst("^http", "ws") + "/ws/costs");
        try {
            this.socket = http.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + apiKey)
                    .subprotocols("weir.costs.v1")
                    .connectTimeout(PATIENCE)
                    .buildAsync(uri, new Frames())
                    .join();
        } catch (CompletionException refused) {
            http.close();
            throw new IOException("the cost stream at " + uri + " did not open", refused.getCause());
        }
    }

    long requests() {
        return requests;
    }

    BigDecimal cost() {
        return cost;
    }

    /// Waits until the stream counts that many requests. Fails when a frame is missing or none comes.
    Tick awaitRequests(long expected) throws IOException, InterruptedException {
        BigDecimal before = cost;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (requests < expected || seq < 0) {
            JsonNode frame = frames.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (frame == null) {
                throw new IOException(
                        "the cost stream shows " + requests + " of " + expected + " requests after " + PATIENCE);
            }
            take(frame);
        }
        return new Tick(seq, cost.subtract(before), cost);
    }

    private void take(JsonNode frame) throws IOException {
        switch (frame.path("type").asString("")) {
            case "snapshot" -> {
                seq = frame.path("seq").asLong();
                requests = frame.path("requests").asLong();
                cost = amount(frame);
            }
            case "delta" -> {
                if (frame.path("from_seq").asLong() != seq + 1) {
                    throw new IOException("the cost stream lost frames after " + seq + ": " + frame);
                }
                seq = frame.path("seq").asLong();
                requests += frame.path("requests").asLong();
                cost = cost.add(amount(frame));
            }
            case "closed" ->
                throw new IOException(
                        "the cost stream ended: " + frame.path("why").asString(""));
            default -> {
                // Pings and notices change no sum.
            }
        }
    }

    private static BigDecimal amount(JsonNode frame) {
        return new BigDecimal(frame.path("cost_usd").asString("0"));
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }

    private final class Frames implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(JsonMapper.shared().readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            ended(status + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            ended(String.valueOf(failure.getMessage()));
        }

        private void ended(String why) {
            frames.add(
                    JsonMapper.shared().createObjectNode().put("type", "closed").put("why", why));
        }
    }
}
