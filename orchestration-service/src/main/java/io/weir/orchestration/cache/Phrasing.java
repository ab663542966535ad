package io.weir.orchestration.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Turns of phrase that ask for the same, in English. What is not known here stays as it is, also in other languages,
/// so that at worst an answer is not given again.
final class Phrasing {

    // Punctuation that only separates.
    private static final Set<String> MARKS = Set.of(".", "!", "?", ";", "\u2026", ",", ":");

    // Left out wherever they stand, in small letters.
    private static final Set<String> EMPTY =
            Set.of("a", "an", "the", "is", "are", "am", "do", "does", "it", "there", "me", "please", "kindly");

    // Names in capitals that are also words.
    private static final Set<String> ALSO_WORDS = Set.of("us", "who", "i", "may", "he", "she", "will", "or", "in");

    private static final Set<String> YES_OR_NO = Set.of("is", "are", "am", "do", "does");

    private static final Set<String> TASKS = Set.of(
            "answer",
            "calculate",
            "check",
            "classify",
            "compare",
            "compute",
            "convert",
            "correct",
            "create",
            "define",
            "describe",
            "draft",
            "explain",
            "extract",
            "fix",
            "generate",
            "give",
            "help",
            "list",
            "make",
            "name",
            "outline",
            "provide",
            "recommend",
            "rephrase",
            "review",
            "rewrite",
            "share",
            "show",
            "solve",
            "suggest",
            "summarise",
            "summarize",
            "tell",
            "translate",
            "write");

    // Of words.
    private static final Map<String, String> SAME = Map.ofEntries(
            Map.entry("into", "to"),
            Map.entry("e-mail", "email"),
            Map.entry("grey", "gray"),
            Map.entry("favourite", "favorite"),
            Map.entry("colour", "color"),
            Map.entry("colours", "colors"),
            Map.entry("behaviour", "behavior"),
            Map.entry("organise", "organize"),
            Map.entry("optimise", "optimize"),
            Map.entry("summarise", "summarize"),
            Map.entry("metres", "meters"),
            Map.entry("kilometres", "kilometers"),
            Map.entry("litres", "liters"),
            Map.entry("okay", "ok"));

    private record Turn(List<String> said, List<String> means) {

        static Turn of(String said, String means) {
            return new Turn(List.of(said.split(" ")), means.isEmpty() ? List.of() : List.of(means.split(" ")));
        }
    }

    // Contractions; applied anywhere.
    private static final Map<String, List<String>> LONG = Map.ofEntries(
            Map.entry("what's", List.of("what", "is")),
            Map.entry("who's", List.of("who", "is")),
            Map.entry("where's", List.of("where", "is")),
            Map.entry("how's", List.of("how", "is")),
            Map.entry("it's", List.of("it", "is")),
            Map.entry("that's", List.of("that", "is")),
            Map.entry("there's", List.of("there", "is")),
            Map.entry("i'm", List.of("i", "am")),
            Map.entry("i'd", List.of("i", "would")),
            Map.entry("i've", List.of("i", "have")),
            Map.entry("i'll", List.of("i", "will")),
            Map.entry("you're", List.of("you", "are")),
            Map.entry("we're", List.of("we", "are")),
            Map.entry("they're", List.of("they", "are")),
            Map.entry("can't", List.of("can", "not")),
            Map.entry("cannot", List.of("can", "not")),
            Map.entry("won't", List.of("will", "not")));

    // Wherever they stand.
    private static final List<Turn> ANYWHERE = List.of(
            Turn.of("a few", "a-few"),
            Turn.of("a little", "a-little"),
            Turn.of("a lot", "a-lot"),
            Turn.of("pros and cons", "advantages and disadvantages"),
            Turn.of("how much time", "how long"),
            Turn.of("to me like", "like"),
            Turn.of("come up with", "generate"),
            Turn.of("so that it sounds", "to sound"));

    // At the beginning, again and again.
    private static final List<Turn> OPENINGS = List.of(
            Turn.of("hi there", ""),
            Turn.of("hello there", ""),
            Turn.of("hey there", ""),
            Turn.of("hi", ""),
            Turn.of("hello", ""),
            Turn.of("hey", ""),
            Turn.of("please", ""),
            Turn.of("kindly", ""),
            Turn.of("i need help writing", "write"),
            Turn.of("help me to write", "write"),
            Turn.of("help me write", "write"),
            Turn.of("i would like you to", ""),
            Turn.of("i want you to", ""),
            Turn.of("i need you to", ""),
            Turn.of("i would like to know", ""),
            Turn.of("i want to know", ""),
            Turn.of("i need to know", ""),
            Turn.of("i was wondering", ""),
            Turn.of("i wonder", ""),
            Turn.of("do you know", ""),
            Turn.of("do you happen to know", ""),
            Turn.of("can you tell me", ""),
            Turn.of("could you tell me", ""),
            Turn.of("would you tell me", ""),
            Turn.of("tell me", ""),
            Turn.of("let me know", ""),
            Turn.of("how can i", "how-to"),
            Turn.of("how do i", "how-to"),
            Turn.of("how could i", "how-to"),
            Turn.of("how might i", "how-to"),
            Turn.of("how to", "how-to"));

    // At the beginning, once the openings are off; not repeated.
    private static final List<Turn> TASK_WORDS = List.of(
            Turn.of("what are", "what"),
            Turn.of("what is", "what"),
            Turn.of("list", "what"),
            Turn.of("give me", "what"),
            Turn.of("give", "what"),
            Turn.of("share", "what"),
            Turn.of("provide", "what"),
            Turn.of("calculate", "what"),
            Turn.of("compute", "what"),
            Turn.of("correct", "fix"),
            Turn.of("suggest", "recommend"),
            Turn.of("create", "generate"));

    private static final List<Turn> CLOSINGS = List.of(
            Turn.of("thanks in advance", ""),
            Turn.of("thank you in advance", ""),
            Turn.of("thank you very much", ""),
            Turn.of("thank you so much", ""),
            Turn.of("many thanks", ""),
            Turn.of("thank you", ""),
            Turn.of("thanks", ""),
            Turn.of("please", ""));

    // What is said of the whole and may stand before it or after it.
    private static final Set<String> MOVABLE = Set.of("in", "on", "at", "for", "when", "if", "with", "using");

    private Phrasing() {}

    static List<String> reduced(List<String> tokens) {
        List<String> words = moved(lowered(tokens));
        words.removeIf(MARKS::contains);
        words = anywhere(words);
        words = closed(opened(words));
        boolean asks = !words.isEmpty() && YES_OR_NO.contains(words.getFirst());
        words = tasked(words);
        List<String> reduced = new ArrayList<>();
        if (asks) {
            reduced.add("?");
        }
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1) : "";
            if (word.equals("that") && isThirdPerson(next)) {
                reduced.add("to");
                reduced.add(next.substring(0, next.length() - 1));
                i++;
            } else if (!EMPTY.contains(word)) {
                reduced.add(SAME.getOrDefault(word, word));
            }
        }
        return List.copyOf(reduced);
    }

    private static boolean isThirdPerson(String word) {
        return word.length() > 3
                && word.endsWith("s")
                && !word.endsWith("ss")
                && !word.endsWith("es")
                && !word.endsWith("us")
                && !word.endsWith("is");
    }

    private static List<String> lowered(List<String> tokens) {
        List<String> words = new ArrayList<>();
        for (String token : tokens) {
            String lower = token.toLowerCase(Locale.ROOT).replace('\u2019', '\'');
            boolean name = token.length() > 1 && token.equals(token.toUpperCase(Locale.ROOT));
            if (name && (EMPTY.contains(lower) || ALSO_WORDS.contains(lower))) {
                words.add(token);
            } else if (LONG.containsKey(lower)) {
                words.addAll(LONG.getOrDefault(lower, List.of()));
            } else if (lower.endsWith("n't") && lower.length() > 3) {
                words.add(lower.substring(0, lower.length() - 3));
                words.add("not");
            } else {
                words.add(lower);
            }
        }
        return words;
    }

    // "In Java, how do I" becomes "how do I ... in Java".
    private static List<String> moved(List<String> words) {
        int comma = words.indexOf(",");
        if (comma < 2 || comma + 2 >= words.size() || !MOVABLE.contains(words.getFirst())) {
            return new ArrayList<>(words);
        }
        List<String> moved = new ArrayList<>(words.subList(comma + 1, words.size()));
        while (!moved.isEmpty() && MARKS.contains(moved.getLast())) {
            moved.removeLast();
        }
        moved.addAll(words.subList(0, comma));
        return moved;
    }

    private static List<String> anywhere(List<String> words) {
        List<String> out = new ArrayList<>();
        int i = 0;
        while (i < words.size()) {
            Turn found = null;
            for (Turn turn : ANYWHERE) {
                if (found == null && startsAt(words, i, turn.said())) {
                    found = turn;
                }
            }
            if (found == null) {
                out.add(words.get(i));
                i++;
            } else {
                out.addAll(found.means());
                i += found.said().size();
            }
        }
        return out;
    }

    private static List<String> opened(List<String> words) {
        List<String> rest = new ArrayList<>(words);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Turn turn : OPENINGS) {
                if (rest.size() > turn.said().size() && startsAt(rest, 0, turn.said())) {
                    replace(rest, turn);
                    changed = turn.means().isEmpty();
                    break;
                }
            }
            if (isAskedTo(rest)) {
                rest.subList(0, 2).clear();
                changed = true;
            }
        }
        return rest;
    }

    // "Can you write": of a task, never of an ability.
    private static boolean isAskedTo(List<String> words) {
        return words.size() > 3
                && Set.of("can", "could", "would", "will").contains(words.getFirst())
                && words.get(1).equals("you")
                && (TASKS.contains(words.get(2)) || words.get(2).equals("please"));
    }

    private static List<String> closed(List<String> words) {
        List<String> rest = new ArrayList<>(words);
        for (Turn turn : CLOSINGS) {
            int from = rest.size() - turn.said().size();
            if (from > 0 && startsAt(rest, from, turn.said())) {
                rest.subList(from, rest.size()).clear();
            }
        }
        return rest;
    }

    private static List<String> tasked(List<String> words) {
        List<String> rest = new ArrayList<>(words);
        for (Turn turn : TASK_WORDS) {
            if (rest.size() > turn.said().size() && startsAt(rest, 0, turn.said())) {
                replace(rest, turn);
                break;
            }
        }
        return rest;
    }

    private static void replace(List<String> words, Turn turn) {
        words.subList(0, turn.said().size()).clear();
        words.addAll(0, turn.means());
    }

    private static boolean startsAt(List<String> words, int from, List<String> said) {
        return from + said.size() <= words.size()
                && words.subList(from, from + said.size()).equals(said);
    }
}
