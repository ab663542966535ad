package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.WireJson;
import io.weir.orchestration.surface.SurfaceStream;
import tools.jackson.databind.JsonNode;

/// Chunks as the events of a message. What ends it is told once the call is settled, with its usage.
final class MessageStream implements SurfaceStream {

    private final AnswerIdentity identity;
    private final SseSplitter splitter = new SseSplitter();
    private final MessageEvents events = new MessageEvents();
    private final ContentBlocks blocks = new ContentBlocks(events);
    private JsonNode usage = WireJson.object();
    private String cost = "";
    private String finish = "";
    private boolean refused;
    private boolean begun;

    MessageStream(AnswerIdentity identity) {
        this.identity = identity;
    }

    @Override
    public byte[] chunks(byte[] frames) {
        for (SseSplitter.Event event : splitter.feed(frames)) {
            take(WireJson.read(event.data()));
        }
        return events.drain();
    }

    @Override
    public byte[] end() {
        begin(WireJson.object());
        blocks.finish();
        events.delta(StopReason.of(finish, blocks.hasCalls(), refused), MessageUsage.of(usage, cost));
        events.stopped();
        return events.drain();
    }

    private void take(JsonNode chunk) {
        begin(chunk);
        if (chunk.path("usage").isObject()) {
            usage = chunk.path("usage");
            cost = chunk.path(MessageUsage.COST).asString("");
        }
        for (JsonNode choice : chunk.path("choices").values()) {
            if (choice.path("index").asInt(0) == 0) {
                delta(choice.path("delta"));
                finish = MessageAnswer.text(choice.path("finish_reason"), finish);
            }
        }
    }

    private void begin(JsonNode chunk) {
        if (begun) {
            return;
        }
        begun = true;
        events.started(MessageAnswer.opening(
                MessageAnswer.text(chunk.path("id"), identity.id()),
                MessageAnswer.text(chunk.path("model"), identity.model())));
    }

    private void delta(JsonNode delta) {
        blocks.thought(Thoughts.in(delta));
        blocks.text(delta.path("content").asString(""));
        String refusal = delta.path("refusal").asString("");
        refused |= !refusal.isEmpty();
        blocks.text(refusal);
        for (JsonNode call : delta.path("tool_calls").values()) {
            JsonNode function = call.path("function");
            blocks.call(
                    call.path("index").asInt(0),
                    call.path("id").asString(""),
                    function.path("name").asString(""),
                    function.path("arguments").asString(""));
        }
    }
}
