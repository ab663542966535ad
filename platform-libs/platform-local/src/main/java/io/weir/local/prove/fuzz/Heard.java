package io.weir.local.prove.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What came back over one connection.
///
/// @param status 0: no answer's head came
/// @param headers of the first answer, names in lower case
/// @param body of the first answer, unchunked
/// @param complete the first answer ended as its framing says
/// @param late the server neither answered nor closed in time
public record Heard(int status, Map<String, String> headers, byte[] body, boolean complete, boolean late) {

    static final Heard NOTHING = new Heard(0, Map.of(), new byte[0], false, false);
    static final Heard SILENCE = new Heard(0, Map.of(), new byte[0], false, true);

    /// The body, byte for character where it is no UTF-8.
    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    boolean isStream() {
        return headers.getOrDefault("content-type", "").startsWith("text/event-stream");
    }
}
