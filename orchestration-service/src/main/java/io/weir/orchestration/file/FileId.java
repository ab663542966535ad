package io.weir.orchestration.file;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/// A file's id; on the wire `file-` and 32 hexadecimal digits.
public record FileId(UUID value) {

    private static final String PREFIX = "file-";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{32}");

    /// Throws a 404 where it cannot be an id: nobody has such a file.
    public static FileId of(String text) {
        if (!FORM.matcher(text).matches()) {
            throw unknown(text);
        }
        String digits = text.substring(PREFIX.length());
        return new FileId(
                new UUID(HexFormat.fromHexDigitsToLong(digits, 0, 16), HexFormat.fromHexDigitsToLong(digits, 16, 32)));
    }

    /// The 404 for it.
    static PlatformException unknown(String text) {
        String shown = text.length() <= 64 ? text : text.substring(0, 64) + "...";
        return PlatformException.of(
                ProblemType.NOT_FOUND, "file_id", "No such file: '" + shown + "'. List yours with GET /v1/files.");
    }

    @Override
    public String toString() {
        return PREFIX + value.toString().replace("-", "");
    }
}
