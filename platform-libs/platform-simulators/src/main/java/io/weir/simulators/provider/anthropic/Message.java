package io.weir.simulators.provider.anthropic;

import io.weir.simulators.provider.answer.Answer;
import io.weir.simulators.provider.answer.PromptUse;

/// The whole answer to a request, before it is put on the wire.
///
/// @param callId the id of its tool use, for an answer that is one
/// @param longLived whether what was written to the cache is kept for an hour instead of five minutes
record Message(String id, String model, PromptUse prompt, boolean longLived, Answer answer, String callId) {

    String stopReason() {
        return switch (answer.ending()) {
            case COMPLETE -> "end_turn";
            case LIMIT -> "max_tokens";
            case STOP_SEQUENCE -> "stop_sequence";
            case TOOL_CALL -> "tool_use";
        };
    }
}
