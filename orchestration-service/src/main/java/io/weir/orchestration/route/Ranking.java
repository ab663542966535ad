package io.weir.orchestration.route;

import io.weir.orchestration.task.Task;
import java.util.ArrayList;
import java.util.List;

/// The candidates for one call, in the order in which they are to be tried.
///
/// @param promptTokens as our tokenizer counts them; estimated where the prompt is very long
public record Ranking(Task task, long promptTokens, List<Ranked> ranked) {

    public Ranking {
        ranked = ranked.stream().sorted(Ranked.ORDER).toList();
    }

    /// What was recognised, for example `auto: simple classification`.
    private String recognised() {
        return "auto: " + task.words();
    }

    /// The first says why it is the first.
    List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>(ranked.size());
        for (Ranked each : ranked) {
            String reason = candidates.isEmpty() ? recognised() + "; " + why(each) : recognised();
            candidates.add(each.candidate().because(reason));
        }
        return candidates;
    }

    /// Why that one stands where it stands, for example `gpt-5.6-luna is the cheapest of 4 fit models`.
    public String why(Ranked one) {
        if (one.isOrdered()) {
            return one.model() + " is no. " + (one.ordered() + 1) + " in the tenant's order";
        }
        long peers = ranked.stream().filter(one::isPeerOf).count();
        long cheaper = ranked.stream()
                .filter(one::isPeerOf)
                .filter(other -> Ranked.ORDER.compare(other, one) < 0)
                .count();
        String kind = switch (one.fit()) {
            case LISTED -> "fit";
            case ABOVE -> "overqualified";
            case UNLISTED -> "unrated";
            case BELOW -> "underqualified";
        };
        String where = one.preferred() ? " at " + one.provider() + ", which is preferred" : "";
        String failing = one.failing() ? ", but failing at present" : "";
        String rank = cheaper == 0 ? "the cheapest" : "no. " + (cheaper + 1) + " by price";
        return peers == 1
                ? one.model() + " is the only " + kind + " model" + where + failing
                : one.model() + " is " + rank + " of " + peers + " " + kind + " models" + where + failing;
    }
}
