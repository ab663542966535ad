package io.weir.orchestration.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A whole answer put into OpenAI's form.
public final class OpenAiAnswer {

    private final ArrayNode choices = WireJson.array();
    private final AnswerIdentity identity;
    private final StringBuilder thoughts = new StringBuilder();

    public OpenAiAnswer(AnswerIdentity identity) {
        this.identity = identity;
    }

    /// One choice, as it grows.
    public static final class Choice {

        private final StringBuilder text = new StringBuilder();
        private final List<ToolCall> calls = new ArrayList<>();
        private final StringBuilder thoughts = new StringBuilder();
        private @Nullable String refusal;

        /// What it thought is not shown, and counts.
        public Choice thought(String more) {
            thoughts.append(more);
            return this;
        }

        public Choice text(String more) {
            text.append(more);
            return this;
        }

        public Choice call(ToolCall call) {
            calls.add(call);
            return this;
        }

        public Choice refusal(String why) {
            refusal = why;
            return this;
        }

        public boolean hasCalls() {
            return !calls.isEmpty();
        }

        public int calls() {
            return calls.size();
        }
    }

    public OpenAiAnswer add(int index, Choice choice, FinishReason finish) {
        ObjectNode json = choices.addObject();
        thoughts.append(choice.thoughts);
        json.put("index", index);
        ObjectNode message = json.putObject("message");
        message.put("role", "assistant");
        boolean silent = choice.text.isEmpty() && (choice.hasCalls() || choice.refusal != null);
        message.put("content", silent ? null : choice.text.toString());
        message.put("refusal", choice.refusal);
        if (choice.hasCalls()) {
            ArrayNode calls = message.putArray("tool_calls");
            choice.calls.forEach(call -> calls.add(call.json()));
        }
        json.putNull("logprobs");
        json.put("finish_reason", finish.wireName());
        return this;
    }

    public PlainAnswer with(Optional<ReportedUsage> usage) {
        ObjectNode answer = WireJson.object();
        answer.put("id", identity.id());
        answer.put("object", "chat.completion");
        answer.put("created", identity.created());
        answer.put("model", identity.model());
        answer.set("choices", choices);
        usage.filter(ReportedUsage::isCredible)
                .map(ReportedUsage::openAi)
                .ifPresent((JsonNode told) -> answer.set("usage", told));
        return new PlainAnswer(WireJson.write(answer), usage, identity.id(), thoughts.toString());
    }
}
