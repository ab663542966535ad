package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.WireJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/// Writes typed events, numbered from 0. For one stream and one thread at a time.
final class EventFrames implements Events {

    private static final byte[] EVENT = "event: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final long first;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long number;

    /// @param first number that is written; those before it are counted only
    EventFrames(long first) {
        this.first = first;
    }

    @Override
    public void emit(String type, ObjectNode event) {
        long at = number++;
        if (at >= first) {
            write(type, at, event);
        }
    }

    /// As [#emit], whatever its number.
    void emitLast(String type, ObjectNode event) {
        write(type, number++, event);
    }

    private void write(String type, long at, ObjectNode event) {
        ObjectNode numbered = WireJson.object().put("type", type).put("sequence_number", at);
        numbered.setAll(event);
        out.writeBytes(EVENT);
        out.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(DATA);
        out.writeBytes(WireJson.write(numbered));
        out.writeBytes(END);
    }

    /// What was written since the last time.
    byte[] drain() {
        byte[] written = out.toByteArray();
        if (written.length > 0) {
            out = new ByteArrayOutputStream();
        }
        return written;
    }
}
