package io.weir.orchestration.batch;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/// A batch's id; on the wire `batch_` and 32 hexadecimal digits.
record BatchId(UUID value) {

    private static final String PREFIX = "batch_";
    private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{32}");

    /// Throws a 404 where it cannot be an id: nobody has such a batch.
    static BatchId of(String text) {
        if (!FORM.matcher(text).matches()) {
            throw unknown(text);
        }
        String digits = text.substring(PREFIX.length());
        return new BatchId(
                new UUID(HexFormat.fromHexDigitsToLong(digits, 0, 16), HexFormat.fromHexDigitsToLong(digits, 16, 32)));
    }

    /// The 404 for it.
    static PlatformException unknown(String text) {
        String shown = text.length() <= 64 ? text : text.substring(0, 64) + "...";
        return PlatformException.of(
                ProblemType.NOT_FOUND, "batch_id", "No such batch: '" + shown + "'. List yours with GET /v1/batches.");
    }

    /// Of one run of one line: the same however often that run is begun anew, so that the ledger
    /// settles it once.
    String requestId(int line, int run) {
        return "br" + digits() + "-" + line + (run == 0 ? "" : "-" + run);
    }

    private String digits() {
        return value.toString().replace("-", "");
    }

    /// Of a line in the batch's answers.
    String lineId(int line) {
        return "batch_req_" + digits() + "-" + line;
    }

    @Override
    public String toString() {
        return PREFIX + digits();
    }
}
