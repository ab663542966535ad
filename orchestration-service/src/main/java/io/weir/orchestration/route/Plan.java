package io.weir.orchestration.route;

import java.util.List;
import java.util.Optional;

/// How a call is to be served.
///
/// @param candidates in the order in which they are to be tried; at least one
/// @param baseline what its savings are measured against; empty: the model that serves it
/// @param decision why so
public record Plan(List<Candidate> candidates, Optional<Baseline> baseline, Decision decision) {

    public Plan {
        candidates = List.copyOf(candidates);
    }

    /// The same at the prices of calls that are no hurry.
    public Plan ofBatch() {
        return new Plan(
                candidates.stream().map(Candidate::ofBatch).toList(),
                baseline.map(known -> new Baseline(known.model(), known.prices().batch())),
                decision);
    }

    /// Without anybody left out.
    public Plan(List<Candidate> candidates, Optional<Baseline> baseline) {
        this(candidates, baseline, Decision.of(candidates, List.of()));
    }
}
