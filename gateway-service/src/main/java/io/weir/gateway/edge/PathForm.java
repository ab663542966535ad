package io.weir.gateway.edge;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

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

    /// What two programs may read in two ways, in words; null where there is nothing of the kind.
    ///
    /// @param encodedSlashes whether `%2F` may stand within a segment, as it does in names of models
    static @Nullable String oddity(String rawPath, boolean encodedSlashes) {
        for (int i = 0; i < rawPath.length(); i++) {
            char at = rawPath.charAt(i);
            if (at == ';') {
                return "parameters of a segment (';')";
            }
            if (at == '\\' || at < ' ' || at >= 0x7f) {
                return "a character that must be encoded";
            }
            String encoded = at == '%' ? encodedOddity(rawPath, i, encodedSlashes) : null;
            if (encoded != null) {
                return encoded;
            }
        }
        return null;
    }

    private static @Nullable String encodedOddity(String rawPath, int at, boolean encodedSlashes) {
        int high = at + 2 < rawPath.length() ? Character.digit(rawPath.charAt(at + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(rawPath.charAt(at + 2), 16);
        if (low < 0) {
            return "a '%' that encodes nothing";
        }
        int decoded = high * 16 + low;
        return switch (decoded) {
            case '%' -> "an encoded '%' (double encoding)";
            case ';' -> "parameters of a segment (';')";
            case '\\' -> "an encoded backslash";
            case '/' -> encodedSlashes ? null : "an encoded slash";
            default -> decoded < ' ' || decoded == 0x7f ? "an encoded control character" : null;
        };
    }
}
