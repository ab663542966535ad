package io.weir.orchestration.task;

import java.util.Locale;

/// How capable a model must be, in rising order.
public enum Complexity {
    SIMPLE,
    STANDARD,
    HARD;

    Complexity atLeast(Complexity other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /// The word in reasons, answers and settings.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
