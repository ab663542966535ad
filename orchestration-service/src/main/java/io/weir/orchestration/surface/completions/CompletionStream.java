package io.weir.orchestration.surface.completions;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.SseSplitter.Event;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.ChatSurface;
import io.weir.orchestration.surface.SurfaceStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One stream: each chunk of a chat is one of a text.
final class CompletionStream implements SurfaceStream {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final AnswerIdentity identity;
    private final String echo;
    private final SseSplitter splitter = new SseSplitter();
    private final Map<Integer, TextChoice> choices = new HashMap<>();

    /// @param echo what each choice begins with; empty: nothing
    CompletionStream(AnswerIdentity identity, String echo) {
        this.identity = identity;
        this.echo = echo;
    }

    @Override
    public byte[] chunks(byte[] frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(frames.length);
        for (Event event : splitter.feed(frames)) {
            if (!event.isDone()) {
                out.writeBytes(DATA);
                out.writeBytes(WireJson.write(taken(WireJson.read(event.data()))));
                out.writeBytes(END);
            }
        }
        return out.toByteArray();
    }

    private ObjectNode taken(JsonNode chunk) {
        ObjectNode text = CompletionRequest.head(chunk, identity);
        ArrayNode said = text.putArray("choices");
        for (JsonNode choice : chunk.path("choices").values()) {
            TextChoice one =
                    choices.computeIfAbsent(choice.path("index").asInt(0), index -> new TextChoice(index, echo));
            said.add(one.take(choice.path("delta"), choice));
        }
        text.setAll(CompletionRequest.rest(chunk));
        return text;
    }

    @Override
    public byte[] end() {
        return ChatSurface.done();
    }
}
