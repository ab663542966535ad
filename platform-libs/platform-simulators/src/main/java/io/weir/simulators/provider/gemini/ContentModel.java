package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.answer.Author;
import io.weir.simulators.provider.answer.PromptCache;
import io.weir.simulators.provider.answer.PromptUse;
import io.weir.simulators.provider.answer.Question;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.generation.RandomId;
import java.util.stream.IntStream;

/// Answers requests. The same behaviour, prompt and seed give the same answer; only ids differ.
final class ContentModel {

    private final Author author;
    private final PromptCache cache;

    ContentModel(Author author, PromptCache cache) {
        this.author = author;
        this.cache = cache;
    }

    /// Throws [GeminiException] when the prompt does not fit the model.
    Content answer(ContentRequest request, String key, Behaviour behaviour) {
        Question question = question(request);
        int promptTokens = author.tokens(question);
        if (promptTokens > request.model().inputTokens()) {
            throw GeminiException.invalid("The input token count (" + promptTokens
                    + ") exceeds the maximum number of tokens allowed ("
                    + request.model().inputTokens() + ").");
        }
        PromptCache.Caller caller = new PromptCache.Caller(key, request.model().id());
        PromptUse use = cache.use(caller, ContentPrompt.beginningOf(request), promptTokens);
        return new Content(
                RandomId.of("", 23),
                request.model().id(),
                use.under(behaviour).withoutWrites(),
                IntStream.range(0, request.candidates())
                        .mapToObj(index -> author.answer(question, behaviour, index))
                        .toList());
    }

    private static Question question(ContentRequest request) {
        return new Question(
                ContentPrompt.of(request),
                ContentPrompt.firstUserText(request.contents()),
                ContentPrompt.lastUserText(request.contents()),
                request.functions(),
                request.toolChoice(),
                request.answerSchema(),
                request.maxTokens(),
                request.stop(),
                request.seed(),
                request.thinks());
    }
}
