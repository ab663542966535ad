package io.weir.audit;

import org.jspecify.annotations.Nullable;

/// Texts of audit events, some of them from callers: bounded, without control characters, storable by
/// Postgres.
final class AuditText {

    private AuditText() {}

    static String clean(String text, int longest) {
        String bounded = text.length() <= longest ? text : text.substring(0, longest);
        StringBuilder clean = new StringBuilder(bounded.length());
        // What is no character, half a surrogate pair for one, cannot be written as UTF-8 and read back the same.
        bounded.codePoints()
                .map(point -> Character.isISOControl(point) || isHalf(point) ? '\uFFFD' : point)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /// As [#clean], for what may be absent; blank is absent.
    static @Nullable String orNull(@Nullable String text, int longest) {
        return text == null || text.isBlank() ? null : clean(text, longest);
    }

    private static boolean isHalf(int point) {
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
    }
}
