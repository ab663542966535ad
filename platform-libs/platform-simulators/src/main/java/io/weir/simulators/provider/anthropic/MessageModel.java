package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.Author;
import io.weir.simulators.provider.answer.Function;
import io.weir.simulators.provider.answer.PromptCache;
import io.weir.simulators.provider.answer.PromptUse;
import io.weir.simulators.provider.answer.Question;
import io.weir.simulators.provider.anthropic.AnthropicModels.AnthropicModel;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.generation.RandomId;
import tools.jackson.databind.JsonNode;

/// Answers requests. The same behaviour and prompt give the same answer; only ids differ.
final class MessageModel {

    private final Author author;
    private final PromptCache cache;

    MessageModel(Author author, PromptCache cache) {
        this.author = author;
        this.cache = cache;
    }

    /// Throws [AnthropicException] when the prompt does not fit the model.
    Message answer(MessageRequest request, String key, Behaviour behaviour) {
        AnthropicModel model = request.model();
        int promptTokens = author.tokens(question(request, request.maxTokens()));
        if (promptTokens >= model.contextTokens()) {
            throw AnthropicException.invalid(
                    "prompt is too long: " + promptTokens + " tokens > " + model.contextTokens() + " maximum");
        }
        int room = Math.min(request.maxTokens(), model.contextTokens() - promptTokens);
        Answer answer = author.answer(question(request, room), behaviour, 0);
        PromptCache.Caller caller = new PromptCache.Caller(key, model.servedAs());
        PromptUse use = cache.use(caller, MessagePrompt.markedOf(request), promptTokens);
        return new Message(
                RandomId.of("msg_01", 22),
                model.servedAs(),
                use.under(behaviour),
                MessagePrompt.longLived(request),
                answer,
                RandomId.of("toolu_01", 22));
    }

    private static Question question(MessageRequest request, int room) {
        return new Question(
                MessagePrompt.of(request),
                MessagePrompt.firstUserText(request.messages()),
                MessagePrompt.lastUserText(request.messages()),
                request.tools().valueStream().map(MessageModel::function).toList(),
                request.toolChoice(),
                request.answerSchema(),
                room,
                request.stop(),
                0,
                request.thinks());
    }

    private static Function function(JsonNode tool) {
        return new Function(tool.path("name").asString(""), tool.path("input_schema"));
    }
}
