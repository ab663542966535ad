package io.weir.analytics.explorer;

import io.weir.analytics.call.Filters;
import io.weir.analytics.call.TimeParameter;
import io.weir.problem.PlatformException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.springframework.util.MultiValueMap;

/// What is asked, checked.
///
/// @param start of the span
/// @param end exclusive
/// @param steps where each step of the series begins; exactly one without a rollup
record ExplorerQuestion(
        Metric metric,
        Dimension group,
        Rollup rollup,
        ZoneId zone,
        Instant start,
        Instant end,
        List<Instant> steps,
        int top,
        Filters filters) {

    static final Set<String> PARAMETERS = Set.of(
            "metric",
            "groupBy",
            "rollup",
            "from",
            "to",
            "top",
            "provider",
            "model",
            "key",
            "outcome",
            "routeReason",
            "tag",
            "tenantId");

    private static final Duration LONGEST = Duration.ofDays(400);
    private static final int MOST_STEPS = 1_500;
    private static final int MOST_GROUPS = 50;
    private static final int DEFAULT_TOP = 10;
    // Steps by groups: what an answer may hold.
    private static final int MOST_POINTS = 20_000;

    /// Throws a 400 problem naming the parameter at fault.
    static ExplorerQuestion of(MultiValueMap<String, String> parameters, ZoneId zone, Instant now) {
        Metric metric = Metric.of(only(parameters, "metric", "cost"));
        Dimension group = Dimension.of(only(parameters, "groupBy", "none"));
        Rollup rollup = Rollup.of(only(parameters, "rollup", "none"));
        Instant start = start(parameters, zone, now);
        String to = only(parameters, "to", "");
        Instant end = to.isEmpty() ? now.plusSeconds(1) : TimeParameter.endExclusive("to", to, zone);
        if (!end.isAfter(start)) {
            throw PlatformException.invalid("to", "to lies before from. Swap them.");
        }
        if (Duration.between(start, end).compareTo(LONGEST) > 0) {
            throw PlatformException.invalid("from", "The span may be " + LONGEST.toDays() + " days long at most.");
        }
        int top = top(only(parameters, "top", "" + DEFAULT_TOP));
        List<Instant> steps = rollup.steps(start, end, zone, MOST_STEPS);
        if (group.kind() != Dimension.Kind.NONE && steps.size() * (top + 1L) > MOST_POINTS) {
            throw PlatformException.invalid(
                    "top",
                    "Steps times groups may be " + MOST_POINTS + " at most. Ask for fewer groups or longer steps.");
        }
        Filters filters = Filters.of(name -> parameters.getOrDefault(name, List.of()));
        return new ExplorerQuestion(metric, group, rollup, zone, start, end, steps, top, filters);
    }

    private static Instant start(MultiValueMap<String, String> parameters, ZoneId zone, Instant now) {
        String from = only(parameters, "from", "");
        return from.isEmpty()
                ? now.atZone(zone)
                        .toLocalDate()
                        .withDayOfMonth(1)
                        .atStartOfDay(zone)
                        .toInstant()
                : TimeParameter.start("from", from, zone);
    }

    private static int top(String text) {
        try {
            int top = Integer.parseInt(text);
            if (top >= 1 && top <= MOST_GROUPS) {
                return top;
            }
        } catch (NumberFormatException malformed) {
            // Answered below.
        }
        throw PlatformException.invalid("top", "top must be a whole number from 1 to " + MOST_GROUPS + ".");
    }

    private static String only(MultiValueMap<String, String> parameters, String name, String absent) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw PlatformException.invalid(name, name + " may stand once.");
        }
        return values.isEmpty() ? absent : values.getFirst();
    }
}
