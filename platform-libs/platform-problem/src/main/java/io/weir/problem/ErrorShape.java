package io.weir.problem;

import java.util.regex.Pattern;

/// How a path tells its errors.
public enum ErrorShape {
    /// Under `/v1`.
    OPENAI,
    /// Under `/v1/messages`.
    ANTHROPIC,
    /// RFC 9457, elsewhere.
    PROBLEM_DETAILS;

    private static final String MESSAGES = "/v1/messages";
    private static final Pattern DOUBLED = Pattern.compile("/{2,}");

    /// @param target as it stands in the request's line: with or without a query, a scheme and a host, doubled slashes
    public static ErrorShape of(String target) {
        String path = tidy(target);
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

    // As the platform routes it.
    private static String tidy(String target) {
        int query = target.indexOf('?');
        String whole = query < 0 ? target : target.substring(0, query);
        int scheme = whole.indexOf("://");
        int host = scheme > 0 && whole.indexOf('/') > scheme ? whole.indexOf('/', scheme + 3) : 0;
        String path = host < 0 ? "" : whole.substring(host);
        return path.contains("//") ? DOUBLED.matcher(path).replaceAll("/") : path;
    }

    private static boolean under(String path, String prefix) {
        return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }
}
