package io.weir.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Bytes that are the same wherever they are made, and different for different values: every text after
/// its length.
///
/// A text is its length in UTF-8 as four bytes, then its UTF-8; an absent text is length -1. Numbers are
/// eight bytes, an instant is its microseconds since 1970, a UUID is its sixteen bytes. Big-endian
/// throughout. For one thread.
public final class CanonicalBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    /// @param domain says what the bytes are, so that no signature or hash of one thing is one of another
    public CanonicalBytes(String domain) {
        text(domain);
    }

    public CanonicalBytes text(@Nullable String text) {
        if (text == null) {
            return number32(-1);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes(bytes);
    }

    /// After their length.
    public CanonicalBytes bytes(byte[] bytes) {
        number32(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    public CanonicalBytes number(long number) {
        number32((int) (number >>> 32));
        return number32((int) number);
    }

    public CanonicalBytes instant(Instant instant) {
        return number(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    }

    public CanonicalBytes uuid(UUID uuid) {
        return number(uuid.getMostSignificantBits()).number(uuid.getLeastSignificantBits());
    }

    public byte[] toByteArray() {
        return out.toByteArray();
    }

    private CanonicalBytes number32(int number) {
        out.write(number >>> 24);
        out.write(number >>> 16);
        out.write(number >>> 8);
        out.write(number);
        return this;
    }
}
