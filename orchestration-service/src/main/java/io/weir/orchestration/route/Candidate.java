package io.weir.orchestration.route;

import java.util.List;

/// A route that can take the call.
///
/// @param warnings what the call does without there, as a tolerant client allows
public record Candidate(Route route, OutputCeiling ceiling, List<String> warnings) {

    private static final int LONGEST_REASON = 300;

    public Candidate {
        warnings = List.copyOf(warnings);
    }

    /// The same, explained; what a header cannot carry is replaced.
    public Candidate because(String reason) {
        Route explained = new Route(
                route.model(),
                route.provider(),
                route.prices(),
                route.requestedModel(),
                printable(reason, LONGEST_REASON));
        return new Candidate(
                explained,
                new OutputCeiling(
                        explained,
                        ceiling.inputBound(),
                        ceiling.choices(),
                        ceiling.outputLimit(),
                        ceiling.asked(),
                        ceiling.at()),
                warnings);
    }

    static String printable(String text, int longest) {
        StringBuilder printable = new StringBuilder(text.length());
        text.chars().limit(longest).forEach(c -> printable.append(c >= ' ' && c < 127 ? (char) c : '?'));
        return printable.toString();
    }
}
