package io.weir.orchestration.surface.responses;

import org.jspecify.annotations.Nullable;

/// How a response ends that does not fail.
///
/// @param reason why it is incomplete; null: it is complete
record Ending(String status, @Nullable String reason) {

    /// @param finish a chat completion's `finish_reason`; empty: unknown
    static Ending of(String finish) {
        return switch (finish) {
            case "length" -> new Ending("incomplete", "max_output_tokens");
            case "content_filter" -> new Ending("incomplete", "content_filter");
            default -> new Ending("completed", null);
        };
    }

    boolean isComplete() {
        return reason == null;
    }
}
