package io.weir.gateway.edge;

import java.util.Locale;

/// Paths as clients write them and as we read them.
final class PathForm {

    private PathForm() {}

    /// Without doubled slashes and without one at the end: SDKs with a base URL that ends in a slash send both.
    static String tidied(String rawPath) {
        if (!rawPath.contains("//") && (rawPath.length() == 1 || !rawPath.endsWith("/"))) {
            return rawPath;
        }
        StringBuilder tidy = new StringBuilder(rawPath.length());
        for (int i = 0; i < rawPath.length(); i++) {
            char next = rawPath.charAt(i);
            boolean doubled = next == '/' && !tidy.isEmpty() && tidy.charAt(tidy.length() - 1) == '/';
            if (!doubled) {
                tidy.append(next);
            }
        }
        if (tidy.length() > 1 && tidy.charAt(tidy.length() - 1) == '/') {
            tidy.setLength(tidy.length() - 1);
        }
        return tidy.toString();
    }

    /// Whether a segment is `.` or `..`, written out or encoded: such a path may mean another one further on.
    static boolean hasDotSegment(String rawPath) {
        if (!rawPath.contains("/.") && rawPath.indexOf('%') < 0) {
            return false;
        }
        for (String segment : rawPath.toLowerCase(Locale.ROOT)
                .replace("%2e", ".")
                .replace("%2f", "/")
                .split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }
}
