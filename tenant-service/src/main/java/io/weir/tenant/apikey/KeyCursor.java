package io.weir.tenant.apikey;

import io.weir.problem.PlatformException;
import io.weir.tenant.request.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The place of a key in the list of a tenant's keys, the newest first.
record KeyCursor(Instant createdAt, String keyId) {

    static final KeyCursor BEFORE_ALL = new KeyCursor(Instant.parse("9999-01-01T00:00:00Z"), "");

    private static final Pattern FORM = Pattern.compile("key:([0-9TZ:.-]{20,40}) ([0-9A-Za-z]{12})");

    String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(("key:" + createdAt + " " + keyId).getBytes(StandardCharsets.US_ASCII));
    }

    /// Throws a 400 for a text that is no cursor.
    static KeyCursor of(String text) {
        try {
            Matcher parts = FORM.matcher(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII));
            if (parts.matches()) {
                return new KeyCursor(Texts.instant(parts.group(1)), parts.group(2));
            }
        } catch (IllegalArgumentException malformed) {
            throw bad();
        }
        throw bad();
    }

    private static PlatformException bad() {
        return PlatformException.invalid("cursor", "The cursor is not one that this service gave. Start without one.");
    }
}
