package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.FinishReason;
import io.weir.orchestration.dialect.OpenAiChunks;
import io.weir.orchestration.dialect.ReportedUsage;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.orchestration.dialect.StreamTranslation;
import io.weir.orchestration.dialect.WireJson;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A stream of partial answers as OpenAI's chunks. Its end is that of the connection; each event counts the usage anew.
final class GeminiStream implements StreamTranslation {

    private final SseSplitter splitter = new SseSplitter();
    private final OpenAiChunks chunks;
    // By choice: how many tool calls it has made.
    private final Map<Integer, Integer> calls = new HashMap<>();
    private final Set<Integer> begun = new HashSet<>();
    private final Set<Integer> finished = new HashSet<>();
    private @Nullable JsonNode usage;
    private boolean failed;

    GeminiStream(AnswerIdentity identity) {
        this.chunks = new OpenAiChunks(identity);
    }

    @Override
    public byte[] translate(byte[] bytes) {
        try {
            for (SseSplitter.Event event : splitter.feed(bytes)) {
                if (!failed) {
                    take(WireJson.read(event.data()));
                }
            }
        } catch (JacksonException | IllegalStateException noEvent) {
            fail();
        }
        return chunks.drain();
    }

    private void fail() {
        if (!failed) {
            failed = true;
            chunks.failure();
        }
    }

    private void take(JsonNode event) {
        boolean known = event.path("candidates").isArray()
                || event.path("usageMetadata").isObject()
                || event.path("promptFeedback").isObject();
        if (!known || event.has("error")) {
            fail();
            return;
        }
        chunks.identify(
                event.path("responseId").asString(""),
                event.path("modelVersion").asString(""));
        if (event.path("usageMetadata").isObject()) {
            usage = event.path("usageMetadata");
        }
        int position = 0;
        for (JsonNode candidate : event.path("candidates").values()) {
            candidate(candidate.path("index").asInt(position), candidate);
            position++;
        }
        String blocked = GeminiParts.blocked(event);
        if (!blocked.isEmpty() && begun.isEmpty()) {
            chunks.refusal(0, GeminiParts.refusal(blocked));
            finish(0, FinishReason.CONTENT_FILTER);
        }
    }

    private void candidate(int choice, JsonNode candidate) {
        begun.add(choice);
        for (JsonNode part : candidate.path("content").path("parts").values()) {
            if (part.path("functionCall").isObject()) {
                int position = calls.merge(choice, 1, Integer::sum) - 1;
                chunks.call(
                        choice,
                        position,
                        GeminiParts.call(part, chunks.identity().id(), choice, position));
            } else {
                chunks.text(choice, GeminiParts.text(part));
            }
        }
        String reason = candidate.path("finishReason").asString("");
        if (!reason.isEmpty() && !finished.contains(choice)) {
            finish(choice, GeminiParts.finish(reason, calls.containsKey(choice)));
        }
    }

    private void finish(int choice, FinishReason reason) {
        begun.add(choice);
        finished.add(choice);
        chunks.finish(choice, reason);
    }

    @Override
    public Optional<ReportedUsage> usage(@Nullable JsonNode inChunks) {
        boolean last = !begun.isEmpty() && finished.containsAll(begun);
        return usage == null ? Optional.empty() : GeminiUsage.read(usage, last);
    }
}
