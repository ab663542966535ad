package io.weir.orchestration.route;

import io.weir.orchestration.forecast.AnswerForecast;
import io.weir.orchestration.forecast.CostForecast;
import io.weir.orchestration.task.Complexity;
import java.math.BigDecimal;
import java.util.Comparator;

/// A candidate for a call, and all that decides its place.
///
/// @param turn of its model among those that the request names; 0 where the choice is ours
/// @param ordered its place among those that the request and the tenant put first
/// @param sorted by what was asked to decide between equals, the least first
/// @param place in the list of fit for the task; behind all of them where it is not in it
public record Ranked(
        Candidate candidate,
        CostForecast cost,
        AnswerForecast answer,
        int turn,
        boolean failing,
        int ordered,
        Fit fit,
        BigDecimal sorted,
        boolean preferred,
        int place) {

    /// Of `sorted` where nothing is known of it.
    static final BigDecimal UNKNOWN = BigDecimal.valueOf(Long.MAX_VALUE);

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

    /// First whose turn it is; then who is well, can do all that was asked, and comes first in the order of the request
    /// and the tenant; then who fits; then by what was asked to decide; then whom the tenant prefers; then who is
    /// cheapest. Total, so that equal requests choose equally.
    static final Comparator<Ranked> ORDER = Comparator.comparingInt(Ranked::turn)
            .thenComparing(Ranked::failing)
            .thenComparing(ranked -> !ranked.candidate.warnings().isEmpty())
            .thenComparingInt(Ranked::ordered)
            .thenComparing(Ranked::fit)
            .thenComparing(Ranked::sorted)
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

    /// Whether nothing stands between the two but the price, or what was asked to decide.
    boolean isPeerOf(Ranked other) {
        return turn == other.turn
                && failing == other.failing
                && candidate.warnings().isEmpty() == other.candidate.warnings().isEmpty()
                && ordered == other.ordered
                && fit == other.fit
                && preferred == other.preferred;
    }
}
