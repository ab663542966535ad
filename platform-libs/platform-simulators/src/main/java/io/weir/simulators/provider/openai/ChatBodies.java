package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.PromptUse;
import io.weir.simulators.provider.http.StreamScript;
import io.weir.simulators.provider.http.StreamScript.Delta;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Chat completions on the wire, whole or in chunks.
final class ChatBodies {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FINGERPRINT = "fp_weirsimulated";

    private ChatBodies() {}

    static String whole(Completion completion, boolean usageMissing) {
        ObjectNode body = envelope(completion, "chat.completion");
        completion.choices().forEach(choice -> body.withArray("choices").add(choiceOf(choice)));
        if (!usageMissing) {
            body.set("usage", usage(completion));
        }
        return body.put("service_tier", "default")
                .put("system_fingerprint", FINGERPRINT)
                .toString();
    }

    /// Usage is a chunk of its own with empty `choices`, and null in the chunks before it; without `includeUsage` there
    /// is no trace of it.
    static StreamScript streamed(Completion completion, boolean includeUsage, boolean usageMissing) {
        Chunks chunks = new Chunks(completion, includeUsage);
        String opening = completion.choices().stream()
                .filter(choice -> choice.answer().content() instanceof Answer.Text)
                .map(chunks::role)
                .collect(Collectors.joining());
        String closing = completion.choices().stream().map(chunks::finish).collect(Collectors.joining())
                + (includeUsage && !usageMissing ? chunks.usageChunk() : "")
                + "data: [DONE]\n\n";
        int thought = completion.reasoningTokens();
        return new StreamScript(
                opening, chunks.deltas(), closing, completion.prompt().generating(thought, thought));
    }

    private static ObjectNode envelope(Completion completion, String object) {
        return JSON.createObjectNode()
                .put("id", completion.id())
                .put("object", object)
                .put("created", completion.created())
                .put("model", completion.model());
    }

    private static ObjectNode choiceOf(Choice choice) {
        ObjectNode node = JSON.createObjectNode().put("index", choice.index());
        ObjectNode message = node.putObject("message").put("role", "assistant");
        switch (choice.answer().content()) {
            case Answer.Text text -> message.put("content", String.join("", text.pieces()));
            case Answer.Call call -> {
                message.putNull("content");
                message.putArray("tool_calls").add(callOf(choice, call, String.join("", call.pieces())));
            }
        }
        message.putNull("refusal");
        message.putArray("annotations");
        return node.putNull("logprobs").put("finish_reason", choice.finishReason());
    }

    private static ObjectNode callOf(Choice choice, Answer.Call call, String arguments) {
        ObjectNode node = JSON.createObjectNode().put("id", choice.callId()).put("type", "function");
        node.putObject("function").put("name", call.function()).put("arguments", arguments);
        return node;
    }

    private static ObjectNode usage(Completion completion) {
        PromptUse prompt = completion.prompt();
        ObjectNode usage = JSON.createObjectNode()
                .put("prompt_tokens", prompt.tokens())
                .put("completion_tokens", completion.completionTokens())
                .put("total_tokens", prompt.tokens() + completion.completionTokens());
        ObjectNode read = usage.putObject("prompt_tokens_details")
                .put("cached_tokens", prompt.cached())
                .put("audio_tokens", 0);
        if (prompt.written() > 0) {
            read.put("cache_write_tokens", prompt.written());
        }
        usage.putObject("completion_tokens_details")
                .put("reasoning_tokens", completion.reasoningTokens())
                .put("audio_tokens", 0)
                .put("accepted_prediction_tokens", 0)
                .put("rejected_prediction_tokens", 0);
        return usage;
    }

    /// The chunks of one stream. What they share is serialised once.
    private static final class Chunks {

        private final Completion completion;
        private final String head;
        private final String tail;

        Chunks(Completion completion, boolean includeUsage) {
            this.completion = completion;
            String shared = envelope(completion, "chat.completion.chunk")
                    .put("service_tier", "default")
                    .put("system_fingerprint", FINGERPRINT)
                    .toString();
            this.head = "data: " + shared.substring(0, shared.length() - 1) + ",\"choices\":[";
            this.tail = includeUsage ? "],\"usage\":null}\n\n" : "]}\n\n";
        }

        String role(Choice choice) {
            return chunk(choice, "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", null);
        }

        String finish(Choice choice) {
            return chunk(choice, "{}", choice.finishReason());
        }

        String usageChunk() {
            return head + "],\"usage\":" + usage(completion) + "}\n\n";
        }

        /// One chunk for each token; several choices take turns.
        Flux<Delta> deltas() {
            List<Choice> choices = completion.choices();
            int longest = choices.stream().mapToInt(Choice::deltas).max().orElse(0);
            return Flux.range(0, longest)
                    .concatMapIterable(position -> choices.stream()
                            .filter(choice -> position < choice.deltas())
                            .map(choice -> Delta.one(delta(choice, position)))
                            .toList());
        }

        private String delta(Choice choice, int position) {
            return switch (choice.answer().content()) {
                case Answer.Text text ->
                    chunk(choice, "{\"content\":" + quoted(text.pieces().get(position)) + "}", null);
                case Answer.Call call ->
                    chunk(choice, position == 0 ? callOpening(choice, call) : argument(call, position), null);
            };
        }

        private static String callOpening(Choice choice, Answer.Call call) {
            ObjectNode delta = JSON.createObjectNode().put("role", "assistant").putNull("content");
            ObjectNode opened = JSON.createObjectNode().put("index", 0);
            opened.setAll(callOf(choice, call, ""));
            delta.putArray("tool_calls").add(opened);
            return delta.putNull("refusal").toString();
        }

        private static String argument(Answer.Call call, int position) {
            return "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
                    + quoted(call.pieces().get(position - 1)) + "}}]}";
        }

        private String chunk(Choice choice, String delta, @Nullable String finishReason) {
            return head + "{\"index\":" + choice.index() + ",\"delta\":" + delta
                    + ",\"logprobs\":null,\"finish_reason\":"
                    + (finishReason == null ? "null" : quoted(finishReason)) + "}" + tail;
        }

        private static String quoted(String text) {
            return JSON.writeValueAsString(text);
        }
    }
}
