package io.weir.orchestration.dialect;

import java.util.Locale;

/// Why an answer ended, in OpenAI's words.
public enum FinishReason {
    STOP,
    LENGTH,
    TOOL_CALLS,
    CONTENT_FILTER;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
