package io.weir.orchestration.task;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Recognises the instruction at the beginning of a sentence by its verb: `Classify ...`, `Please write a function
/// ...`.
/// Reads a bounded part of a text, so that its time is bounded too.
final class Instruction {

    /// Characters looked at from the beginning of a text, and from its end, where an instruction often follows data.
    static final int HEAD = 1_500;

    static final int TAIL = 300;

    private static final int LONGEST_SENTENCE = 40;
    private static final int OBJECT_WITHIN = 8;

    private static final Pattern SENTENCE = Pattern.compile("[.!?:;]\\s+|\\n+");
    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}#+]+");

    private static final Set<String> COURTESY =
            words("please kindly can could would will you now then first next i want"
                    + " need to like us me help with lets let your task is the following a an");

    private static final Map<String, TaskClass> VERBS = verbs();

    // What is written decides: `Write a function`, `Write an article`.
    private static final Set<String> MAKING =
            words("write create make generate produce draft compose give build develop");

    private static final Set<String> PROGRAMS =
            words("function method class program script query sql code regex regexp unit test tests api endpoint"
                    + " algorithm module dockerfile component migration python java javascript typescript rust golang"
                    + " bash html css kotlin library parser");

    private static final Set<String> TEXTS = words(
            "essay article story poem blog post letter email speech novel chapter report press release song lyrics"
                    + " script description biography review tale newsletter paragraph haiku limerick");

    private static final Set<String> SUMMARIES = words("summary synopsis abstract tldr recap digest");

    private Instruction() {}

    /// The class of the first sentence that begins with an instruction.
    static Optional<TaskClass> in(String text) {
        return firstOf(text.substring(0, Math.min(HEAD, text.length())))
                .or(() -> text.length() <= HEAD
                        ? Optional.empty()
                        : firstOf(text.substring(Math.max(HEAD, text.length() - TAIL))));
    }

    private static Optional<TaskClass> firstOf(String part) {
        return SENTENCE.splitAsStream(part)
                .flatMap(sentence -> of(sentence).stream())
                .findFirst();
    }

    private static Optional<TaskClass> of(String sentence) {
        List<String> words = NO_WORD.splitAsStream(sentence.toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .limit(LONGEST_SENTENCE)
                .dropWhile(COURTESY::contains)
                .toList();
        if (words.isEmpty()) {
            return Optional.empty();
        }
        String verb = words.getFirst();
        if (MAKING.contains(verb)) {
            return made(words);
        }
        return Optional.ofNullable(VERBS.get(verb));
    }

    private static Optional<TaskClass> made(List<String> words) {
        for (String word : words.subList(1, Math.min(words.size(), OBJECT_WITHIN + 1))) {
            if (SUMMARIES.contains(word)) {
                return Optional.of(TaskClass.SUMMARY);
            }
            if (word.equals("translation")) {
                return Optional.of(TaskClass.TRANSLATION);
            }
            // `Write a film script` is a text, `write a script` a program: what stands first among the known decides.
            if (PROGRAMS.contains(word)) {
                return Optional.of(TaskClass.CODE);
            }
            if (TEXTS.contains(word)) {
                return Optional.of(TaskClass.WRITING);
            }
        }
        boolean writes = words.getFirst().equals("write")
                || words.getFirst().equals("draft")
                || words.getFirst().equals("compose");
        return writes ? Optional.of(TaskClass.WRITING) : Optional.empty();
    }

    private static Map<String, TaskClass> verbs() {
        return Map.of(
                        TaskClass.CLASSIFICATION, "classify label categorize categorise tag triage",
                        TaskClass.EXTRACTION, "extract",
                        TaskClass.TRANSLATION, "translate",
                        TaskClass.SUMMARY, "summarize summarise condense recap tldr shorten",
                        TaskClass.CODE, "refactor debug implement program code port",
                        TaskClass.WRITING, "rewrite paraphrase")
                .entrySet()
                .stream()
                .flatMap(entry -> words(entry.getValue()).stream().map(verb -> Map.entry(verb, entry.getKey())))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Set<String> words(String text) {
        return Stream.of(text.split(" ")).collect(Collectors.toUnmodifiableSet());
    }
}
