package io.weir.simulators.provider.openai;

import io.weir.simulators.provider.answer.Answer;

/// One of the answers to a request.
///
/// @param callId the id of its tool call, for an answer that is one
/// @param finishReason `stop`, `length` or `tool_calls`
record Choice(int index, String callId, Answer answer, String finishReason) {

    /// Deltas of its stream.
    int deltas() {
        return answer.content().tokens();
    }
}
