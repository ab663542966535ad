package io.weir.orchestration.route;

import io.weir.orchestration.forecast.AnswerForecast;
import io.weir.orchestration.forecast.CostForecast;
import io.weir.orchestration.task.Complexity;
import java.util.Comparator;

/// A candidate for `auto`, and all that decides its place.
///
/// @param place in the list of fit for the task; behind all of them where it is not in it
public record Ranked(
        Candidate candidate,
        CostForecast cost,
        AnswerForecast answer,
        boolean failing,
        int ordered,
        Fit fit,
        boolean preferred,
        int place) {

    /// What the lists of fit say of a model and a complexity, in falling order.
    public enum Fit {
        LISTED,
        /// Listed for harder work only.
        ABOVE,
        UNLISTED,
        /// Listed for easier work only.
        BELOW;

        static Fit of(String model, Complexity wanted, RoutingProperties routing) {
            if (routing.models(wanted).contains(model)) {
                return LISTED;
            }
            Fit fit = UNLISTED;
            for (Complexity other : Complexity.values()) {
                if (routing.models(other).contains(model)) {
                    fit = other.compareTo(wanted) > 0 || fit == ABOVE ? ABOVE : BELOW;
                }
            }
            return fit;
        }
    }

    /// First who is well, can do all that was asked, and comes first in the tenant's order; then who fits; then
    /// whom the tenant prefers; then who is cheapest. Total, so that equal requests choose equally.
    static final Comparator<Ranked> ORDER = Comparator.comparing(Ranked::failing)
            .thenComparing(ranked -> !ranked.candidate.warnings().isEmpty())
            .thenComparingInt(Ranked::ordered)
            .thenComparing(Ranked::fit)
            .thenComparing(ranked -> !ranked.preferred)
            .thenComparing(ranked -> ranked.cost.expected())
            .thenComparingInt(Ranked::place)
            .thenComparing(Ranked::model)
            .thenComparing(ranked -> ranked.candidate.route().provider().name());

    public String model() {
        return candidate.route().model().model();
    }

    public String provider() {
        return candidate.route().provider().name();
    }

    boolean isOrdered() {
        return ordered < Integer.MAX_VALUE;
    }

    /// Whether nothing but the price stands between the two.
    boolean isPeerOf(Ranked other) {
        return failing == other.failing
                && candidate.warnings().isEmpty() == other.candidate.warnings().isEmpty()
                && ordered == other.ordered
                && fit == other.fit
                && preferred == other.preferred;
    }
}
