package io.weir.simulators.provider.openai;

import java.util.List;

/// One of the answers to a request. Each element of `pieces` is one generated token.
sealed interface Choice {

    int index();

    List<String> pieces();

    /// `stop`, `length` or `tool_calls`.
    String finishReason();

    /// Generated tokens.
    int tokens();

    /// Text, piece by piece.
    record Text(int index, List<String> pieces, String finishReason) implements Choice {
        @Override
        public int tokens() {
            return pieces.size();
        }
    }

    /// A call of one tool: its name counts as one token, then its arguments piece by piece.
    record ToolCall(int index, String id, String name, List<String> pieces, String finishReason) implements Choice {
        @Override
        public int tokens() {
            return 1 + pieces.size();
        }
    }
}
