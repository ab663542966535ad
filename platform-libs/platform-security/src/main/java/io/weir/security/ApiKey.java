package io.weir.security;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/// A whole API key: `weir_live_` or `weir_test_`, a 12-character public id, 32 secret characters, a 6-character
/// checksum (CRC-32 of all before it, in base 62). Held only while a key is made or checked; never stored.
public final class ApiKey {

    /// Length of the public part that names the key in records, logs and URLs.
    public static final int ID_LENGTH = 12;

    private static final Pattern FORM = Pattern.compile(
            "(weir_(?:live|test)_)(" + Base62.PATTERN + "{12})(" + Base62.PATTERN + "{32})(" + Base62.PATTERN + "{6})");

    private final String text;
    private final String id;

    private ApiKey(String text, String id) {
        this.text = text;
        this.id = id;
    }

    /// What a presented text turned out to be.
    public sealed interface Reading {
        record WellFormed(ApiKey key) implements Reading {}

        /// Has the form of a key, but a character was changed on the way.
        record WrongChecksum() implements Reading {}

        record Malformed() implements Reading {}
    }

    /// Which provider accounts a key may reach.
    public enum Mode {
        LIVE("weir_live_"),
        TEST("weir_test_");

        private final String prefix;

        Mode(String prefix) {
            this.prefix = prefix;
        }
    }

    /// Makes a new key; `random` must be cryptographically strong.
    public static ApiKey generate(Mode mode, RandomGenerator random) {
        String id = Base62.random(random, ID_LENGTH);
        String body = mode.prefix + id + Base62.random(random, 32);
        return new ApiKey(body + checksum(body), id);
    }

    /// Reads a presented key without any look-up.
    public static Reading read(String presented) {
        Matcher parts = FORM.matcher(presented);
        if (!parts.matches()) {
            return new Reading.Malformed();
        }
        String body = presented.substring(0, presented.length() - 6);
        return checksum(body).equals(parts.group(4))
                ? new Reading.WellFormed(new ApiKey(presented, parts.group(2)))
                : new Reading.WrongChecksum();
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        return Base62.sixDigits(crc.getValue());
    }

    /// The public id: may be logged.
    public String id() {
        return id;
    }

    /// The whole key, to be shown once to its owner.
    public String reveal() {
        return text;
    }

    /// Names the key without its secret.
    @Override
    public String toString() {
        return "ApiKey[" + id + "]";
    }
}
