package io.weir.analytics.metering;

import io.weir.analytics.metering.Outcome.Kind;
import java.util.Set;

/// What an outcome is among those of its request. The rule by which `seq` counts, in one place for all that
/// count.
public enum Standing {
    /// The first outcome of its request in the partition: it counts.
    FIRST,
    /// The first settlement, after a release. It does not count again, but its amounts are real and are billed.
    LATE,
    /// Told before, or a release after the settlement: nothing changes.
    REPEATED;

    /// @param before the kinds of the request's earlier outcomes
    public static Standing of(Kind kind, Set<Kind> before) {
        if (before.isEmpty()) {
            return FIRST;
        }
        return kind == Kind.SETTLED && !before.contains(Kind.SETTLED) ? LATE : REPEATED;
    }
}
