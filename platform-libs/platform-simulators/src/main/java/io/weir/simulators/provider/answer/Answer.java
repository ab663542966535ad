package io.weir.simulators.provider.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One answer of the model, token by token.
///
/// @param reasoningTokens thought before it, not shown
/// @param stoppedBy the stop sequence that ended it, if one did
public record Answer(
        Content content,
        int reasoningTokens,
        Ending ending,
        @Nullable String stoppedBy) {

    /// All generated tokens.
    public int tokens() {
        return reasoningTokens + content.tokens();
    }

    /// Why the answer ended.
    public enum Ending {
        COMPLETE,
        LIMIT,
        STOP_SEQUENCE,
        TOOL_CALL
    }

    /// What the client sees. Each element of `pieces` is one generated token.
    public sealed interface Content {

        List<String> pieces();

        int tokens();
    }

    /// Text, piece by piece.
    public record Text(List<String> pieces) implements Content {

        public Text {
            pieces = List.copyOf(pieces);
        }

        @Override
        public int tokens() {
            return pieces.size();
        }
    }

    /// A call of one function: its name counts as one token, then its arguments piece by piece.
    public record Call(String function, List<String> pieces) implements Content {

        public Call {
            pieces = List.copyOf(pieces);
        }

        @Override
        public int tokens() {
            return 1 + pieces.size();
        }
    }
}
