package io.weir.orchestration;

import java.util.List;
import java.util.Random;

/// Requests of all task classes in natural words, the same for the same seed.
final class SeededPrompts {

    private static final List<String> SUBJECTS = List.of(
            "a late delivery",
            "the new tariff",
            "river locks",
            "an invoice that does not add up",
            "solar panels",
            "a rail timetable",
            "office chairs",
            "winter tyres",
            "a library card",
            "drinking water");

    private static final List<String> FORMS = List.of(
            "Classify the following message as praise, complaint or question: %s",
            "Label this ticket with one category: %s",
            "Extract all names, dates and amounts from this text: %s",
            "Translate into French: %s",
            "Please summarize this report in three sentences: %s",
            "Summarise the following for a manager. %s",
            "Write a function in Java that reads records about %s",
            "Write a SQL query that counts entries about %s",
            "Write an article about %s",
            "Write a story about %s",
            "What should one know about %s?",
            "How does one choose well when it comes to %s");

    private final Random random;

    SeededPrompts(long seed) {
        this.random = new Random(seed);
    }

    /// A body without a model.
    String next() {
        String form = FORMS.get(random.nextInt(FORMS.size()));
        StringBuilder text = new StringBuilder(SUBJECTS.get(random.nextInt(SUBJECTS.size())));
        for (int words = random.nextInt(150); words > 0; words--) {
            text.append(' ').append(Integer.toString(random.nextInt(100_000), 36));
        }
        return "\"messages\":[{\"role\":\"user\",\"content\":\"" + form.formatted(text) + "\"}]";
    }
}
