package io.weir.orchestration.route;

import io.weir.orchestration.provider.Provider;
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
        return by(new Route(
                route.model(),
                route.provider(),
                route.prices(),
                route.requestedModel(),
                printable(reason, LONGEST_REASON)));
    }

    /// The same at the provider on another account.
    Candidate at(Provider account) {
        return by(new Route(route.model(), account, route.prices(), route.requestedModel(), route.reason()));
    }

    /// The same at the prices of calls that are no hurry.
    Candidate ofBatch() {
        return by(new Route(
                route.model(), route.provider(), route.prices().batch(), route.requestedModel(), route.reason()));
    }

    private Candidate by(Route other) {
        return new Candidate(other, ceiling.on(other), warnings);
    }

    static String printable(String text, int longest) {
        StringBuilder printable = new StringBuilder(text.length());
        text.chars().limit(longest).forEach(c -> printable.append(c >= ' ' && c < 127 ? (char) c : '?'));
        return printable.toString();
    }
}
