package io.weir.simulators.provider.behaviour;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The providers whose behaviour can be set.
public enum Provider {
    OPENAI,
    ANTHROPIC,
    GEMINI;

    /// The name on the wire, as `openai`.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Provider> named(String wireName) {
        return Arrays.stream(values())
                .filter(provider -> provider.wireName().equals(wireName))
                .findFirst();
    }
}
