package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Order;
import io.weir.local.prove.lanes.generator.Tally;
import io.weir.local.prove.lanes.upstream.Pace;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// Busy streams, directly to the provider or through a gateway, one measurement after the other.
public final class Bench {

    private static final int FRAMES = 20;
    private static final int GAP_MILLIS = 500;
    private static final long WARM_UP_MILLIS = 20_000;
    private static final int SILENT_FRAMES = 240;
    private static final int SILENT_GAP_MILLIS = 60_000;
    private static final String BODY = "{\"model\":\"gpt-4o-mini\",\"stream\":true,\"max_tokens\":2000,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Call " + Order.NUMBER + "\"}]}";

    private final Companion generator;
    private final Companion upstream;
    private final int streams;
    private final Duration lasting;

    /// @param streams at once
    /// @param lasting of all three measurements together
    public Bench(Companion generator, Companion upstream, int streams, Duration lasting) throws IOException {
        this.generator = generator;
        this.upstream = upstream;
        this.streams = streams;
        this.lasting = lasting;
        upstream.set(new Pace(0, FRAMES, GAP_MILLIS));
    }

    /// Durations in nanoseconds.
    public record Busy(
            long ended, long failed, String failure, long firstP50, long firstP99, long frameP50, long frameP99) {}

    /// A frame at once, and then one a minute.
    public static void silence(Companion provider) throws IOException {
        provider.set(new Pace(0, SILENT_FRAMES, SILENT_GAP_MILLIS));
    }

    public void warmUp(int port, String key) throws IOException {
        generator.make(order(port, Map.of("authorization", "Bearer " + key), WARM_UP_MILLIS));
    }

    public Busy direct() throws IOException {
        return busy(order(upstream.port(), Map.of(), each()));
    }

    public Busy through(int port, String key) throws IOException {
        return busy(order(port, Map.of("authorization", "Bearer " + key), each()));
    }

    private long each() {
        return Math.clamp(lasting.toMillis() / 3, 5_000, 60_000);
    }

    private Order order(int port, Map<String, String> headers, long millis) {
        return new Order(port, "/v1/chat/completions", headers, BODY, streams, 0, FRAMES, millis / 3, millis);
    }

    private Busy busy(Order order) throws IOException {
        Tally tally = generator.make(order);
        return new Busy(
                tally.made(),
                tally.failures(),
                tally.firstFailure(),
                tally.firstFrames().p50(),
                tally.firstFrames().p99(),
                tally.frames().p50(),
                tally.frames().p99());
    }
}
