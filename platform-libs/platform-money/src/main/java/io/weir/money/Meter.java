package io.weir.money;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What is counted and priced. The token meters of one call are disjoint: no token is in two of them.
public enum Meter {
    TEXT_IN,
    TEXT_IN_CACHED,
    CACHE_WRITE_5M,
    CACHE_WRITE_1H,
    AUDIO_IN,
    IMAGE_IN,
    TEXT_OUT,
    REASONING_OUT,
    AUDIO_OUT,
    IMAGE_OUT,
    REQUEST,
    SEARCH_CALL;

    /// Reads the word used on the wire. Throws [IllegalArgumentException] when it is no meter.
    @JsonCreator
    public static Meter of(String word) {
        for (Meter meter : values()) {
            if (meter.wireName().equals(word)) {
                return meter;
            }
        }
        throw new IllegalArgumentException("meter: '" + word + "' (expected: a known meter, such as text_in)");
    }

    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether it counts tokens that the provider generated.
    public boolean isOutput() {
        return this == TEXT_OUT || this == REASONING_OUT || this == AUDIO_OUT || this == IMAGE_OUT;
    }

    /// Whether it counts tokens of the prompt.
    public boolean isInput() {
        return !isOutput() && this != REQUEST && this != SEARCH_CALL;
    }
}
