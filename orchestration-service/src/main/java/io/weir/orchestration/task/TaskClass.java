package io.weir.orchestration.task;

import java.util.Locale;

/// What a request asks for, as far as its first instruction says. Answers of one class are of similar length.
public enum TaskClass {
    CLASSIFICATION(Complexity.SIMPLE),
    EXTRACTION(Complexity.SIMPLE),
    TRANSLATION(Complexity.SIMPLE),
    SUMMARY(Complexity.STANDARD),
    CODE(Complexity.STANDARD),
    WRITING(Complexity.STANDARD),
    /// Everything else.
    QUESTION(Complexity.STANDARD);

    private final Complexity usual;

    TaskClass(Complexity usual) {
        this.usual = usual;
    }

    /// How hard such a task is, unless the request hints at something else.
    Complexity usual() {
        return usual;
    }

    /// The word in reasons and answers.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
