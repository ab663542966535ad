package io.weir.local.prove.lanes;

import io.weir.local.prove.lanes.generator.Order;
import io.weir.local.prove.lanes.upstream.Pace;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A kind of load.
enum Shape {
    /// What one call takes longer than without the gateway.
    PACED("upstream at 20 ms, one call at a time", 1, false),
    /// How many calls there can be.
    INSTANT("instant upstream, 32 connections", 32, false),
    /// What a reader of a stream waits longer.
    STREAMED("streams of 40 frames, 5 ms apart, the first after 20 ms, 4 at once", 4, true),
    /// How many readers there can be.
    OPEN_STREAMS("512 open streams, a frame each 500 ms", 512, true);

    private static final int LATENCY_MILLIS = 20;
    private static final int FRAMES = 40;
    private static final int GAP_MILLIS = 5;
    private static final int SLOW_GAP_MILLIS = 500;
    // A stamp is about seven tokens, and a stream that passes its limit is cut.
    private static final int MAX_TOKENS = 4_096;
    // About a KiB.
    private static final String TEXT =
            "A harbour town keeps its ledgers dry. Summarise the following entry in one sentence. ".repeat(12);

    private final String title;
    private final int connections;
    private final boolean streams;

    Shape(String title, int connections, boolean streams) {
        this.title = title;
        this.connections = connections;
        this.streams = streams;
    }

    String title() {
        return title;
    }

    int connections() {
        return connections;
    }

    Pace pace(Length length) {
        return switch (this) {
            case PACED -> new Pace(LATENCY_MILLIS, 1, 1);
            case INSTANT -> new Pace(0, 1, 1);
            case STREAMED -> new Pace(LATENCY_MILLIS, FRAMES, GAP_MILLIS);
            case OPEN_STREAMS -> new Pace(0, slowFrames(length), SLOW_GAP_MILLIS);
        };
    }

    // The last stream begins at half of the lead and ends with the turn.
    private static int slowFrames(Length length) {
        return (int) ((length.leadMillis() / 2 + length.millis()) / SLOW_GAP_MILLIS) + 1;
    }

    Order order(Lane lane, Length length) {
        return new Order(
                lane.port(),
                "/v1/chat/completions",
                lane.headers(),
                body(),
                connections,
                this == OPEN_STREAMS ? 1 : 0,
                streams ? pace(length).frames() : 0,
                length.leadMillis(),
                length.millis());
    }

    private String body() {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("model", "gpt-4o-mini").put("max_tokens", MAX_TOKENS);
        body.putArray("messages").addObject().put("role", "user").put("content", Order.NUMBER + ". " + TEXT);
        if (streams) {
            body.put("stream", true);
        }
        return body.toString();
    }
}
