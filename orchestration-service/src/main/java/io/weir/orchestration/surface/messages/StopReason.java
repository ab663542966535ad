package io.weir.orchestration.surface.messages;

/// Why a message ended. Chat completions do not tell a stop sequence from an ordinary end.
final class StopReason {

    private StopReason() {}

    /// @param calls whether tools are called, which some end as if none were
    static String of(String finish, boolean calls, boolean refused) {
        return switch (finish) {
            case "length" -> "max_tokens";
            case "content_filter" -> "refusal";
            default -> refused ? "refusal" : calls ? "tool_use" : "end_turn";
        };
    }
}
