package io.weir.simulators.provider.gemini;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.PromptUse;
import java.util.List;

/// The whole answer to a request, before it is put on the wire.
///
/// @param candidates as many answers as were asked for
record Content(String id, String model, PromptUse prompt, List<Answer> candidates) {

    Content {
        candidates = List.copyOf(candidates);
    }

    /// Generated tokens that the client sees.
    int shownTokens() {
        return candidates.stream().mapToInt(answer -> answer.content().tokens()).sum();
    }

    int reasoningTokens() {
        return candidates.stream().mapToInt(Answer::reasoningTokens).sum();
    }

    /// Gemini ends a function call with `STOP` like any other answer.
    static String finishReason(Answer answer) {
        return answer.ending() == Answer.Ending.LIMIT ? "MAX_TOKENS" : "STOP";
    }
}
