package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.Author;
import io.weir.simulators.provider.answer.Function;
import io.weir.simulators.provider.answer.PromptCache;
import io.weir.simulators.provider.answer.PromptUse;
import io.weir.simulators.provider.answer.Question;
import io.weir.simulators.provider.answer.ToolChoice;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.generation.RandomId;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Answers requests. The same behaviour, prompt and seed give the same answer; only ids and times differ.
final class ChatModel {

    private final Author author;
    private final PromptCache cache;
    private final InstantSource clock;

    ChatModel(Author author, PromptCache cache, InstantSource clock) {
        this.author = author;
        this.cache = cache;
        this.clock = clock;
    }

    /// Throws [OpenAiException] `context_length_exceeded` when prompt and answer do not fit the model.
    Completion complete(ChatRequest request, String key, Behaviour behaviour) {
        int promptTokens = author.tokens(question(request, 0));
        checkContext(request, promptTokens);
        Question question = question(request, room(request, promptTokens));
        List<Choice> choices = IntStream.range(0, request.choices())
                .mapToObj(index -> choice(request, index, author.answer(question, behaviour, index)))
                .toList();
        return new Completion(
                RandomId.of("chatcmpl-", 29),
                clock.instant().getEpochSecond(),
                request.model().servedAs(),
                promptUse(request, key, promptTokens).under(behaviour),
                choices);
    }

    private PromptUse promptUse(ChatRequest request, String key, int promptTokens) {
        OpenAiModel model = request.model();
        PromptCache.Caller caller = new PromptCache.Caller(key, model.servedAs());
        PromptUse use = cache.use(caller, Prompt.beginningOf(request), promptTokens);
        return model.billsCacheWrites() ? use : use.withoutWrites();
    }

    private static Question question(ChatRequest request, int room) {
        return new Question(
                Prompt.of(request),
                Prompt.firstUserText(request.messages()),
                Prompt.lastUserText(request.messages()),
                request.tools().valueStream().map(ChatModel::function).toList(),
                request.toolChoice(),
                request.answerSchema(),
                room,
                request.stop(),
                request.seed(),
                request.reasons());
    }

    private static Function function(JsonNode tool) {
        JsonNode function = tool.path("function");
        return new Function(function.path("name").asString(), function.path("parameters"));
    }

    private static Choice choice(ChatRequest request, int index, Answer answer) {
        // OpenAI says `stop` where the client itself named the function.
        boolean forced = request.toolChoice() instanceof ToolChoice.Named;
        String finish = switch (answer.ending()) {
            case LIMIT -> "length";
            case TOOL_CALL -> forced ? "stop" : "tool_calls";
            case COMPLETE, STOP_SEQUENCE -> "stop";
        };
        return new Choice(index, RandomId.of("call_", 24), answer, finish);
    }

    private static int room(ChatRequest request, int promptTokens) {
        int limit = request.maxTokens() == null ? request.model().outputTokens() : request.maxTokens();
        return Math.min(limit, request.model().contextTokens() - promptTokens);
    }

    private static void checkContext(ChatRequest request, int promptTokens) {
        int context = request.model().contextTokens();
        int asked = request.maxTokens() == null ? 0 : request.maxTokens();
        if (promptTokens >= context || promptTokens + asked > context) {
            throw OpenAiException.invalid(
                    "messages",
                    "context_length_exceeded",
                    "This model's maximum context length is " + context + " tokens. However, you requested "
                            + (promptTokens + asked) + " tokens (" + promptTokens + " in the messages, " + asked
                            + " in the completion). Please reduce the length of the messages or completion.");
        }
    }
}
