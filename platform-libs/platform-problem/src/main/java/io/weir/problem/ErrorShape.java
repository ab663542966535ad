package io.weir.problem;

/// How a path tells its errors.
public enum ErrorShape {
    /// Under `/v1`.
    OPENAI,
    /// Under `/v1/messages`.
    ANTHROPIC,
    /// RFC 9457, elsewhere.
    PROBLEM_DETAILS;

    private static final String MESSAGES = "/v1/messages";

    /// @param path as it stands in the request's line, with or without a query
    public static ErrorShape of(String path) {
        if (under(path, MESSAGES)) {
            return ANTHROPIC;
        }
        return under(path, "/v1") ? OPENAI : PROBLEM_DETAILS;
    }

    /// Whether an event that tells an error in a stream has the name `error`; else its data alone says what it is.
    public boolean namesEvents() {
        return this != OPENAI;
    }

    /// Whether answers carry the request's id as `request-id`, too.
    public boolean hasRequestIdHeader() {
        return this == ANTHROPIC;
    }

    private static boolean under(String path, String prefix) {
        return path.startsWith(prefix)
                && (path.length() == prefix.length() || "/?".indexOf(path.charAt(prefix.length())) >= 0);
    }
}
