package io.weir.analytics.health;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.weir.analytics.neighbour.ladder.Stage;
import io.weir.money.Amount;
import io.weir.tenancy.TenantId;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// 0 to 100, the mean of its parts by their weights. A part of which nothing is known, such as the budget of a tenant
/// without one, does not count.
///
/// @param from since when calls were looked at
/// @param score null: there is nothing to judge by
/// @param parts the worst first
@JsonInclude(JsonInclude.Include.NON_NULL)
record HealthScore(
        TenantId tenantId,
        Instant from,
        Instant to,
        long calls,
        @Nullable Integer score,
        Grade grade,
        List<Part> parts) {

    // Every twentieth call that fails leaves nothing of it.
    private static final double FAILURES = 20;
    // What may be added to a call without loss, in milliseconds.
    private static final double ADDED_MILLIS = 200;
    // From which share of a budget on it is about to end.
    private static final double NEARLY_SPENT = 0.8;
    private static final int HEALTHY = 90;
    private static final int WATCH = 70;

    /// What is known of a tenant.
    ///
    /// @param calls of models, without those that the client left
    /// @param failed of these, answered 5xx
    /// @param answered of these, below 400
    /// @param addedMillis p95 of what the platform added to the answered ones
    /// @param overQuota of these, refused as a quota was used up
    /// @param spent of its budget of the month
    /// @param cap null: no budget
    record Figures(
            TenantId tenant,
            long calls,
            long failed,
            long answered,
            long addedMillis,
            long overQuota,
            Amount spent,
            @Nullable Amount cap,
            Stage stage) {}

    enum Grade {
        HEALTHY,
        WATCH,
        SICK,
        UNKNOWN;

        @JsonValue
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param score 0 to 100
    /// @param why in words, with the numbers
    record Part(String name, int weight, int score, String why) {

        private static Part of(String name, int weight, double value, String why) {
            return new Part(name, weight, (int) Math.round(100 * Math.clamp(value, 0, 1)), why);
        }
    }

    static HealthScore of(Figures figures, Instant from, Instant to) {
        List<Part> parts = new ArrayList<>();
        if (figures.calls() > 0) {
            parts.add(Part.of(
                    "errors",
                    40,
                    1 - FAILURES * figures.failed() / figures.calls(),
                    figures.failed() + " of " + figures.calls() + " calls failed"));
            parts.add(Part.of(
                    "quota",
                    15,
                    1 - (double) figures.overQuota() / figures.calls(),
                    figures.overQuota() + " of " + figures.calls() + " calls met the end of a quota"));
        }
        if (figures.answered() > 0) {
            parts.add(Part.of(
                    "latency",
                    25,
                    ADDED_MILLIS / Math.max(ADDED_MILLIS, (double) figures.addedMillis()),
                    "the platform adds " + figures.addedMillis() + " ms to one of twenty calls, or more"));
        }
        Amount cap = figures.cap();
        if (cap != null && cap.value().signum() > 0) {
            BigDecimal share = figures.spent().value().divide(cap.value(), 4, RoundingMode.HALF_UP);
            parts.add(Part.of(
                    "budget",
                    10,
                    (1 - share.doubleValue()) / (1 - NEARLY_SPENT),
                    share.movePointRight(2).setScale(1, RoundingMode.HALF_UP) + "% of the month's budget is spent"));
        }
        if (!parts.isEmpty() || figures.stage() != Stage.NONE) {
            parts.add(Part.of("isolation", 10, held(figures.stage()), why(figures.stage())));
        }
        parts.sort(Comparator.comparingInt(Part::score).thenComparing(Part::name));
        Integer score = score(parts);
        return new HealthScore(figures.tenant(), from, to, figures.calls(), score, grade(score), List.copyOf(parts));
    }

    private static @Nullable Integer score(List<Part> parts) {
        int weights = parts.stream().mapToInt(Part::weight).sum();
        int sum = parts.stream().mapToInt(part -> part.weight() * part.score()).sum();
        return weights == 0 ? null : (int) Math.round((double) sum / weights);
    }

    private static Grade grade(@Nullable Integer score) {
        if (score == null) {
            return Grade.UNKNOWN;
        }
        return score >= HEALTHY ? Grade.HEALTHY : score >= WATCH ? Grade.WATCH : Grade.SICK;
    }

    private static double held(Stage stage) {
        return switch (stage) {
            case NONE -> 1;
            case LOWER_WEIGHT -> 0.7;
            case CAP_CONCURRENCY -> 0.4;
            case QUARANTINE, PAGE -> 0;
        };
    }

    private static String why(Stage stage) {
        return stage == Stage.NONE
                ? "it is not held back"
                : "it takes others' share and is held back: "
                        + stage.step().name().toLowerCase(Locale.ROOT);
    }
}
