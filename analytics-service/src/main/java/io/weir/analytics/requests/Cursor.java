package io.weir.analytics.requests;

import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/// Where a page ended; opaque to callers.
record Cursor(Instant time, String eventId) {

    /// Before everything.
    static final Cursor START = new Cursor(Instant.parse("2100-01-01T00:00:00Z"), "");

    String write() {
        String text = time.toEpochMilli() + ":" + eventId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Throws a 400 problem naming `cursor`.
    static Cursor read(String text) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int colon = plain.indexOf(':');
            Instant time = Instant.ofEpochMilli(Long.parseLong(plain.substring(0, Math.max(0, colon))));
            if (time.isBefore(Instant.EPOCH) || time.isAfter(START.time())) {
                throw new IllegalArgumentException("time out of range");
            }
            return new Cursor(time, plain.substring(colon + 1));
        } catch (IllegalArgumentException forged) {
            throw PlatformException.invalid("cursor", "cursor must be the nextCursor of an earlier page.");
        }
    }
}
