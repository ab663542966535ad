package io.weir.orchestration.route;

import java.util.List;
import java.util.Optional;

/// How a call is to be served.
///
/// @param candidates in the order in which they are to be tried; at least one
/// @param baseline what its savings are measured against; empty: the model that serves it
/// @param leftOut who else was considered, and why that one is none of the candidates
public record Plan(List<Candidate> candidates, Optional<Baseline> baseline, List<LeftOut> leftOut) {

    public Plan {
        candidates = List.copyOf(candidates);
        leftOut = List.copyOf(leftOut);
    }

    /// Without anybody left out.
    public Plan(List<Candidate> candidates, Optional<Baseline> baseline) {
        this(candidates, baseline, List.of());
    }
}
