package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.WireJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/// Writes events, each with its type as its name. For one stream and one thread at a time.
final class MessageEvents {

    private ByteArrayOutputStream out = new ByteArrayOutputStream();

    /// One whole event.
    static byte[] event(String name, byte[] data) {
        ByteArrayOutputStream event = new ByteArrayOutputStream(data.length + name.length() + 16);
        write(name, data, event);
        return event.toByteArray();
    }

    private static void write(String name, byte[] data, ByteArrayOutputStream to) {
        to.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
        to.writeBytes(data);
        to.write('\n');
        to.write('\n');
    }

    void started(ObjectNode message) {
        ObjectNode event = typed("message_start");
        event.set("message", message);
        write(event);
    }

    void blockStarted(int index, ObjectNode block) {
        ObjectNode event = typed("content_block_start").put("index", index);
        event.set("content_block", block);
        write(event);
    }

    /// @param field of the delta, which is of that type: `text` in `text_delta`
    void delta(int index, String type, String field, String more) {
        ObjectNode event = typed("content_block_delta").put("index", index);
        event.putObject("delta").put("type", type).put(field, more);
        write(event);
    }

    void blockStopped(int index) {
        write(typed("content_block_stop").put("index", index));
    }

    void delta(String reason, ObjectNode usage) {
        ObjectNode event = typed("message_delta");
        event.putObject("delta").put("stop_reason", reason).putNull("stop_sequence");
        event.set("usage", usage);
        write(event);
    }

    void stopped() {
        write(typed("message_stop"));
    }

    /// What was written since the last call.
    byte[] drain() {
        byte[] written = out.toByteArray();
        if (written.length > 0) {
            out = new ByteArrayOutputStream();
        }
        return written;
    }

    private static ObjectNode typed(String type) {
        return WireJson.object().put("type", type);
    }

    private void write(ObjectNode event) {
        write(event.path("type").asString(""), WireJson.write(event), out);
    }
}
