package io.weir.analytics.neighbour;

import io.weir.analytics.neighbour.ladder.Case;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Where a page of the history ended; opaque to callers.
record HistoryPlace(long version, String tenant) {

    /// Before everything.
    static final HistoryPlace START = new HistoryPlace(Long.MAX_VALUE, "");

    static HistoryPlace of(Case last) {
        return new HistoryPlace(last.version(), last.tenantId().toString());
    }

    String write() {
        String text = version + ":" + tenant;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Throws a 400 problem naming `cursor`.
    static HistoryPlace read(String text) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            int colon = plain.indexOf(':');
            return new HistoryPlace(Long.parseLong(plain.substring(0, Math.max(0, colon))), plain.substring(colon + 1));
        } catch (IllegalArgumentException forged) {
            throw PlatformException.invalid("cursor", "cursor must be the nextCursor of an earlier page.");
        }
    }
}
