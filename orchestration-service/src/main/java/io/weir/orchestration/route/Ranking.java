package io.weir.orchestration.route;

import io.weir.orchestration.task.Task;
import io.weir.snapshots.catalog.TenantSettings.Sort;
import java.util.ArrayList;
import java.util.List;

/// The candidates for one call, in the order in which they are to be tried, and who is none.
///
/// @param promptTokens as our tokenizer counts them; estimated where the prompt is very long
public record Ranking(Task task, long promptTokens, List<Ranked> ranked, Wishes wishes, List<LeftOut> leftOut) {

    public Ranking {
        ranked = wishes.tried(ranked.stream().sorted(Ranked.ORDER).toList());
        leftOut = List.copyOf(leftOut);
    }

    /// What was recognised, for example `auto: simple classification`; of a model that was named, who named it.
    private String recognised(Ranked one) {
        return wishes.models().isEmpty()
                ? "auto: " + task.words()
                : one.candidate().route().reason();
    }

    /// The first says why it is the first.
    List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>(ranked.size());
        for (Ranked each : ranked) {
            String reason = recognised(each);
            if (candidates.isEmpty()) {
                String why = wishes.models().isEmpty() ? why(each) : whyNamed(each);
                reason += (why.isEmpty() ? "" : "; " + why) + LeftOut.byWishes(leftOut);
            }
            candidates.add(each.candidate().because(reason));
        }
        return candidates;
    }

    private String whyNamed(Ranked one) {
        List<String> why = new ArrayList<>();
        if (one.turn() > 0) {
            why.add(one.model() + " is no. " + (one.turn() + 1) + " of the request's models, none before it can serve");
        }
        if (one.isOrdered()) {
            why.add(inOrder(one));
        } else if (wishes.sort() != null && peers(one) > 1) {
            why.add(one.provider() + " is " + rank(one) + " of " + peers(one) + " providers");
        }
        return String.join("; ", why);
    }

    private String inOrder(Ranked one) {
        int own = wishes.first().size();
        return one.ordered() < own
                ? one.candidate().route().place() + " is no. " + (one.ordered() + 1) + " in the request's order"
                : one.model() + " is no. " + (one.ordered() - own + 1) + " in the tenant's order";
    }

    private long peers(Ranked one) {
        return ranked.stream().filter(one::isPeerOf).count();
    }

    private String rank(Ranked one) {
        long before = ranked.stream()
                .filter(one::isPeerOf)
                .filter(other -> Ranked.ORDER.compare(other, one) < 0)
                .count();
        boolean measured = one.sorted().compareTo(Ranked.UNKNOWN) < 0;
        Sort sort = measured && wishes.sort() != null ? wishes.sort() : Sort.PRICE;
        if (before > 0) {
            return "no. " + (before + 1) + " by " + sort.wireName();
        }
        return switch (sort) {
            case PRICE -> "the cheapest";
            case LATENCY -> "the quickest to begin";
            case THROUGHPUT -> "the fastest";
        };
    }

    /// Why that one stands where it stands, for example `gpt-5.6-luna is the cheapest of 4 fit models`.
    public String why(Ranked one) {
        if (one.isOrdered()) {
            return inOrder(one);
        }
        long peers = peers(one);
        String kind = switch (one.fit()) {
            case LISTED -> "fit";
            case ABOVE -> "overqualified";
            case UNLISTED -> "unrated";
            case BELOW -> "underqualified";
        };
        String where = one.preferred() ? " at " + one.provider() + ", which is preferred" : "";
        String failing = one.failing() ? ", but failing at present" : "";
        return peers == 1
                ? one.model() + " is the only " + kind + " model" + where + failing
                : one.model() + " is " + rank(one) + " of " + peers + " " + kind + " models" + where + failing;
    }
}
