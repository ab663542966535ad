package io.weir.orchestration.dialect.gemini;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.dialect.FinishReason;
import io.weir.orchestration.dialect.OpenAiAnswer;
import io.weir.orchestration.dialect.PlainAnswer;
import io.weir.orchestration.dialect.WireJson;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A whole answer as OpenAI's chat completion. Thoughts are left out.
final class GeminiAnswer {

    private GeminiAnswer() {}

    static Optional<PlainAnswer> read(byte[] body, AnswerIdentity identity) {
        try {
            return read(WireJson.read(body), identity);
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    private static Optional<PlainAnswer> read(JsonNode answer, AnswerIdentity identity) {
        AnswerIdentity known = new AnswerIdentity(
                answer.path("responseId").asString(identity.id()),
                answer.path("modelVersion").asString(identity.model()),
                identity.created());
        OpenAiAnswer translated = new OpenAiAnswer(known);
        String blocked = GeminiParts.blocked(answer);
        if (answer.path("candidates").isEmpty()) {
            if (blocked.isEmpty()) {
                return Optional.empty();
            }
            translated.add(
                    0, new OpenAiAnswer.Choice().refusal(GeminiParts.refusal(blocked)), FinishReason.CONTENT_FILTER);
        }
        int position = 0;
        for (JsonNode candidate : answer.path("candidates").values()) {
            add(translated, candidate.path("index").asInt(position), candidate, known);
            position++;
        }
        return Optional.of(translated.with(GeminiUsage.read(answer.path("usageMetadata"), true)));
    }

    private static void add(OpenAiAnswer answer, int index, JsonNode candidate, AnswerIdentity identity) {
        OpenAiAnswer.Choice choice = new OpenAiAnswer.Choice();
        for (JsonNode part : candidate.path("content").path("parts").values()) {
            if (part.path("functionCall").isObject()) {
                choice.call(GeminiParts.call(part, identity.id(), index, choice.calls()));
            } else {
                choice.text(GeminiParts.text(part));
            }
        }
        answer.add(
                index, choice, GeminiParts.finish(candidate.path("finishReason").asString(""), choice.hasCalls()));
    }
}
