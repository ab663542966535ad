package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.SurfaceStream;
import java.io.ByteArrayOutputStream;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Anthropic's own events on their way to a client that speaks its API: as they came, signatures of thoughts and all.
/// The beginning is kept until there is content, so that a provider that fails before can be replaced; the end until
/// the
/// call is settled, whose cost is put into its usage. Nothing passes from the first event on that is none, or tells an
/// error.
final class NativeStream implements SurfaceStream {

    private static final String LAST = "message_delta";
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,64}");

    private final AnswerIdentity identity;
    private final SseSplitter splitter = new SseSplitter();
    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private final TreeSet<Integer> open = new TreeSet<>();
    private boolean begun;
    private boolean broken;
    private byte @Nullable [] lastDelta;
    private byte @Nullable [] stop;
    private boolean introduced;
    private JsonNode usage = WireJson.object();
    private String cost = "";

    NativeStream(AnswerIdentity identity) {
        this.identity = identity;
    }

    @Override
    public byte[] sent(byte[] bytes, byte[] frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 64);
        try {
            for (SseSplitter.Event event : splitter.feed(bytes)) {
                if (!broken) {
                    take(event.data(), out);
                }
            }
        } catch (JacksonException | IllegalStateException noEvent) {
            broken = true;
        }
        return out.toByteArray();
    }

    /// Only of our own: the usage, and the end of an answer that was cut off.
    @Override
    public byte[] chunks(byte[] frames) {
        for (SseSplitter.Event event : new SseSplitter().feed(frames)) {
            JsonNode chunk = WireJson.read(event.data());
            JsonNode told = chunk.path("usage");
            usage = told.isObject() ? told : usage;
            cost = chunk.path(MessageUsage.COST).asString(cost);
        }
        return new byte[0];
    }

    @Override
    public byte[] end() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(beginning.toByteArray());
        beginning.reset();
        MessageEvents events = new MessageEvents();
        if (!introduced) {
            events.started(MessageAnswer.opening(identity.id(), identity.model()));
        }
        if (lastDelta == null) {
            open.forEach(events::blockStopped);
            events.delta("max_tokens", MessageUsage.of(usage, cost));
        } else {
            out.writeBytes(priced(lastDelta));
        }
        if (stop == null) {
            events.stopped();
        }
        out.writeBytes(events.drain());
        if (stop != null) {
            out.writeBytes(stop);
        }
        return out.toByteArray();
    }

    private byte[] priced(byte[] delta) {
        if (cost.isEmpty() || !(WireJson.read(delta) instanceof ObjectNode event)) {
            return MessageEvents.event(LAST, delta);
        }
        ObjectNode counted = event.path("usage") instanceof ObjectNode told ? told : event.putObject("usage");
        counted.put(MessageUsage.COST, cost);
        return MessageEvents.event(LAST, WireJson.write(event));
    }

    private void take(byte[] data, ByteArrayOutputStream out) {
        JsonNode event = WireJson.read(data);
        String type = event.path("type").asString("");
        broken = type.equals("error") || !NAME.matcher(type).matches();
        if (broken) {
            return;
        }
        introduced |= type.equals("message_start");
        byte[] line = oneLine(data, event);
        byte[] bytes = MessageEvents.event(type, line);
        switch (type) {
            case "message_stop" -> stop = bytes;
            case LAST -> lastDelta = line;
            case "content_block_start" -> {
                open.add(event.path("index").asInt(0));
                pass(bytes, out);
            }
            case "content_block_stop" -> {
                open.remove(event.path("index").asInt(0));
                pass(bytes, out);
            }
            case "content_block_delta" -> pass(bytes, out);
            default -> (begun ? out : beginning).writeBytes(bytes);
        }
    }

    private void pass(byte[] event, ByteArrayOutputStream out) {
        if (!begun) {
            begun = true;
            out.writeBytes(beginning.toByteArray());
            beginning.reset();
        }
        out.writeBytes(event);
    }

    private static byte[] oneLine(byte[] data, JsonNode event) {
        for (byte each : data) {
            if (each == '\n' || each == '\r') {
                return WireJson.write(event);
            }
        }
        return data;
    }
}
