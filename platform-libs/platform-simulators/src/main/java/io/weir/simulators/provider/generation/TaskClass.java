package io.weir.simulators.provider.generation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a prompt asks for, by its first verb. It decides how long the answer naturally is.
public enum TaskClass {
    CLASSIFICATION(12),
    EXTRACTION(60),
    TRANSLATION(110),
    SUMMARY(140),
    CODE(320),
    WRITING(700),
    QUESTION(90);

    private static final Set<String> COURTESIES =
            Set.of("please", "kindly", "can", "could", "would", "will", "you", "now", "then");
    private static final Set<String> PROGRAMS = Set.of(
            "function", "program", "sql", "query", "script", "class", "method", "code", "regex", "test", "tests");
    private static final Set<String> PROSE = Set.of(
            "essay", "article", "story", "poem", "letter", "blog", "novel", "chapter", "speech", "report", "email");

    // A writing order names its object early: "Write a short and friendly letter".
    private static final int OBJECT_WITHIN = 8;

    private final int medianTokens;

    TaskClass(int medianTokens) {
        this.medianTokens = medianTokens;
    }

    /// Half of the answers are shorter.
    public int medianTokens() {
        return medianTokens;
    }

    /// The class of a prompt, by the text of its first user message.
    public static TaskClass of(String prompt) {
        List<String> words = Arrays.stream(prompt.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", 40))
                .filter(word -> !word.isEmpty())
                .dropWhile(COURTESIES::contains)
                .toList();
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "classify", "label", "categorise", "categorize" -> CLASSIFICATION;
            case "extract" -> EXTRACTION;
            case "translate" -> TRANSLATION;
            case "summarise", "summarize" -> SUMMARY;
            case "refactor", "implement" -> CODE;
            case "write" -> written(words.stream().skip(1).limit(OBJECT_WITHIN).toList());
            default -> QUESTION;
        };
    }

    private static TaskClass written(List<String> object) {
        for (String word : object) {
            if (PROGRAMS.contains(word)) {
                return CODE;
            }
            if (PROSE.contains(word)) {
                return WRITING;
            }
        }
        return QUESTION;
    }
}
