package io.weir.billing.subscription;

import io.weir.billing.rating.model.InvalidTermsException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// All versions of all plans. Immutable.
public final class PlanCatalogue {

    private final Map<String, TreeMap<Instant, PlanVersion>> byPlan = new HashMap<>();

    /// Throws [InvalidTermsException] where two versions of a plan overlap: they begin at the same instant, or a later
    /// version begins before an earlier one.
    public PlanCatalogue(Collection<PlanVersion> versions) {
        List<PlanVersion> inOrder = versions.stream()
                .sorted(Comparator.comparing(PlanVersion::plan).thenComparingInt(PlanVersion::version))
                .toList();
        for (PlanVersion version : inOrder) {
            TreeMap<Instant, PlanVersion> others = byPlan.computeIfAbsent(version.plan(), absent -> new TreeMap<>());
            if (!others.isEmpty()) {
                demandAfter(others.lastEntry().getValue(), version);
            }
            others.put(version.effectiveFrom(), version);
        }
    }

    private static void demandAfter(PlanVersion before, PlanVersion version) {
        if (version.version() == before.version()) {
            throw new InvalidTermsException(
                    "version", "Plan " + version.plan() + " has version " + version.version() + " already.");
        }
        if (!version.effectiveFrom().isAfter(before.effectiveFrom())) {
            throw new InvalidTermsException(
                    "effectiveFrom",
                    "Version " + version.version() + " of plan " + version.plan() + " would overlap version "
                            + before.version() + ", which begins at " + before.effectiveFrom()
                            + ". Send a later instant.");
        }
    }

    /// The version in force at that instant; before the first one there is none.
    public Optional<PlanVersion> at(String plan, Instant instant) {
        TreeMap<Instant, PlanVersion> versions = byPlan.get(plan);
        return versions == null
                ? Optional.empty()
                : Optional.ofNullable(versions.floorEntry(instant)).map(Map.Entry::getValue);
    }

    /// Whether there is any version of it.
    public boolean knows(String plan) {
        return byPlan.containsKey(plan);
    }

    /// As [#at], where there must be one. Throws [InvalidTermsException] naming `plan`.
    PlanVersion demand(String plan, Instant instant) {
        return at(plan, instant)
                .orElseThrow(() -> new InvalidTermsException(
                        "plan",
                        knows(plan)
                                ? "Plan " + plan + " is not on sale at " + instant + " yet."
                                : "There is no plan " + plan + ". GET /api/billing/plans lists them."));
    }
}
