package io.weir.orchestration.route;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The names most like a mistyped one.
final class NearestNames {

    private static final int MOST = 3;
    private static final int LONGEST = 100;

    private NearestNames() {}

    /// At most three, the nearest first; only such that differ in half their characters at most.
    static List<String> of(String wanted, List<String> known) {
        String text = wanted.substring(0, Math.min(wanted.length(), LONGEST)).toLowerCase(Locale.ROOT);
        return known.stream()
                .map(name -> new Candidate(name, distance(text, name.toLowerCase(Locale.ROOT))))
                .filter(candidate -> candidate.distance * 2 <= Math.max(text.length(), candidate.name.length()))
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(MOST)
                .map(Candidate::name)
                .toList();
    }

    // Levenshtein's, row by row.
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }

    private record Candidate(String name, int distance) {}
}
