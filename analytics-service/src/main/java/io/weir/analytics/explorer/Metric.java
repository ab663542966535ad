package io.weir.analytics.explorer;

import io.weir.money.Meter;
import io.weir.problem.PlatformException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is added up. Its SQL is chosen here, never made of a caller's text.
///
/// @param name as callers write it
/// @param aggregate over the columns of [ExplorerSql]
/// @param ofAttempts counts attempts at providers rather than requests: provider and model are then the attempt's own
record Metric(String name, Unit unit, String aggregate, boolean ofAttempts) {

    enum Unit {
        USD,
        TOKENS,
        REQUESTS,
        MILLISECONDS
    }

    private static final String TOKENS_OF = "tokens.";

    private static final Map<String, Metric> ALL = Stream.concat(
                    Stream.of(
                            new Metric("cost", Unit.USD, "sum(try_cost)", true),
                            new Metric("baseline", Unit.USD, "sum(baseline_cost)", false),
                            new Metric("savings", Unit.USD, "sum(savings)", false),
                            new Metric("requests", Unit.REQUESTS, "count()", false),
                            new Metric("errors", Unit.REQUESTS, "countIf(outcome = 'failed')", false),
                            new Metric("tokens", Unit.TOKENS, "sum(try_in + try_out)", true),
                            new Metric("tokens.in", Unit.TOKENS, "sum(try_in)", true),
                            new Metric("tokens.out", Unit.TOKENS, "sum(try_out)", true),
                            latency("p50", "0.5"),
                            latency("p90", "0.9"),
                            latency("p95", "0.95"),
                            latency("p99", "0.99")),
                    Arrays.stream(Meter.values())
                            .filter(meter -> meter.isInput() || meter.isOutput())
                            .map(Metric::tokensIn))
            .collect(Collectors.toMap(Metric::name, metric -> metric));

    // Percentiles of all rows of a group, of which none is lost: within 1 % of the exact value, in bounded memory.
    private static Metric latency(String name, String level) {
        return new Metric(
                "latency." + name,
                Unit.MILLISECONDS,
                "if(count() = 0, 0, toInt64(round(quantileDD(0.01, " + level + ")(latency_ms))))",
                false);
    }

    private static Metric tokensIn(Meter meter) {
        return new Metric(
                TOKENS_OF + meter.wireName(), Unit.TOKENS, "sum(try_buckets['" + meter.wireName() + "'])", true);
    }

    /// Whether the groups' values add up to the total.
    boolean isAdditive() {
        return unit != Unit.MILLISECONDS;
    }

    /// Throws a 400 problem naming `metric`.
    static Metric of(String name) {
        Metric metric = ALL.get(name);
        if (metric == null) {
            throw PlatformException.invalid(
                    "metric",
                    "metric must be one of "
                            + String.join(", ", ALL.keySet().stream().sorted().toList()) + ".");
        }
        return metric;
    }
}
