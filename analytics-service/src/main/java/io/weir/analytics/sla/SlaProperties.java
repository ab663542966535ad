package io.weir.analytics.sla;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What plans promise and what is due where it is not kept.
///
/// @param every how often hours are counted
/// @param objectives the percentage of a month's calls that must not fail, by plan; a plan without one promises none
/// @param credits by how little was had; the one with the lowest `below` that applies counts
@ConfigurationProperties("weir.analytics.sla")
record SlaProperties(
        @DefaultValue("5m") Duration every,
        @Nullable Map<String, BigDecimal> objectives,
        @Nullable List<Credit> credits) {

    private static final BigDecimal ALL = BigDecimal.valueOf(100);
    private static final Map<String, BigDecimal> OBJECTIVES = Map.of(
            "enterprise", new BigDecimal("99.95"),
            "growth", new BigDecimal("99.9"),
            "starter", new BigDecimal("99.5"),
            "free", new BigDecimal("99"));
    private static final List<Credit> CREDITS = List.of(
            new Credit(null, BigDecimal.TEN),
            new Credit(BigDecimal.valueOf(99), BigDecimal.valueOf(25)),
            new Credit(BigDecimal.valueOf(95), ALL));

    SlaProperties {
        if (every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("weir.analytics.sla.every: " + every + " (expected: above 0)");
        }
        objectives = objectives == null ? OBJECTIVES : Map.copyOf(objectives);
        objectives.forEach((plan, objective) -> percentage("objectives." + plan, objective));
        credits = (credits == null ? CREDITS : credits)
                .stream()
                        .sorted(Comparator.comparing(Credit::below, Comparator.nullsLast(Comparator.naturalOrder())))
                        .toList();
    }

    /// A part of the monthly fee.
    ///
    /// @param below the percentage had is below this; null: below the objective
    /// @param percent of the fee
    record Credit(@Nullable BigDecimal below, BigDecimal percent) {

        Credit {
            if (below != null) {
                percentage("credits.below", below);
            }
            percentage("credits.percent", percent);
        }
    }

    /// Null: the plan promises none.
    @Nullable
    BigDecimal objective(String plan) {
        return objectives == null ? null : objectives.get(plan);
    }

    /// The percentage of the fee that is due.
    ///
    /// @param had the percentage of calls that did not fail
    BigDecimal credit(BigDecimal had, BigDecimal objective) {
        if (credits == null || had.compareTo(objective) >= 0) {
            return BigDecimal.ZERO;
        }
        for (Credit credit : credits) {
            BigDecimal below = credit.below() == null ? objective : credit.below();
            if (had.compareTo(below) < 0) {
                return credit.percent();
            }
        }
        return BigDecimal.ZERO;
    }

    private static void percentage(String name, BigDecimal value) {
        if (value.signum() < 0 || value.compareTo(ALL) > 0) {
            throw new IllegalArgumentException(
                    "weir.analytics.sla." + name + ": " + value + " (expected: between 0 and 100)");
        }
    }
}
