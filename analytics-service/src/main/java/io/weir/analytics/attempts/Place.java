package io.weir.analytics.attempts;

import io.weir.problem.PlatformException;
import io.weir.tenancy.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/// Where a page ended; opaque to callers.
///
/// @param hour as ClickHouse writes it
record Place(String tenant, String hour, String event, String source, long attempt) {

    /// Before everything.
    static final Place START = new Place("00000000-0000-0000-0000-000000000000", "1970-01-02 00:00:00", "", "", 0);

    private static final Pattern HOUR = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:00:00");
    private static final int PARTS = 5;

    String write() {
        String text = String.join("\n", tenant, hour, event, source, Long.toString(attempt));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Throws a 400 problem naming `cursor`.
    static Place read(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\n", -1);
            if (parts.length == PARTS && HOUR.matcher(parts[1]).matches()) {
                return new Place(
                        TenantId.of(parts[0]).toString(), parts[1], parts[2], parts[3], Integer.parseInt(parts[4]));
            }
        } catch (IllegalArgumentException forged) {
            // Told below.
        }
        throw PlatformException.invalid("cursor", "cursor must be the nextCursor of an earlier page.");
    }
}
