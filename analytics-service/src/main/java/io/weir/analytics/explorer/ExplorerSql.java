package io.weir.analytics.explorer;

import io.weir.analytics.call.CalendarSteps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The statement of a question. One statement, and of one table, whose insertions are whole: the numbers of all groups
/// and steps are of the same rows. Which groups are the largest is looked up first, within it; that decides names
/// only.
final class ExplorerSql {

    // Rows from before attempts were kept beside their request stand for one attempt.
    private static final String ATTEMPTS = """

            ARRAY JOIN if(empty(`tries.provider`), [served_provider], `tries.provider`) AS try_provider,
                       if(empty(`tries.provider`), [served_model], `tries.model`) AS try_model,
                       if(empty(`tries.provider`), [cost], `tries.cost`) AS try_cost,
                       if(empty(`tries.provider`), [tokens_in], `tries.tokens_in`) AS try_in,
                       if(empty(`tries.provider`), [tokens_out], `tries.tokens_out`) AS try_out,
                       if(empty(`tries.provider`), [CAST(map(), 'Map(LowCardinality(String), Int64)')], `tries.buckets`)
                           AS try_buckets""";

    private static final String WHERE = """

            WHERE tenant_id = {tenant:UUID}
              AND hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) AND hour < {end:DateTime64(3, 'UTC')}
              AND event_time >= {start:DateTime64(3, 'UTC')} AND event_time < {end:DateTime64(3, 'UTC')}""";

    private final ExplorerQuestion question;

    ExplorerSql(ExplorerQuestion question) {
        this.question = question;
    }

    String text() {
        String rows = rows();
        String name = question.group().kind().sql(attempts());
        return """
                WITH (SELECT groupArray(raw) FROM (
                    SELECT %1$s AS raw %2$s GROUP BY raw ORDER BY %3$s DESC, raw LIMIT {top:UInt32})) AS largest
                SELECT %4$s, %5$s, uniqExact(raw) AS members, toString(%3$s) AS value
                FROM (SELECT %6$s, %1$s AS raw, NOT has(largest, raw) AS rest, if(rest, '', raw) AS name, %7$s AS step
                      %2$s)
                GROUP BY GROUPING SETS (%8$s)
                """.formatted(
                name,
                rows,
                question.metric().aggregate(),
                isGrouped() ? "grouping(name) AS all_names, rest, name" : "1 AS all_names",
                isStepped() ? "grouping(step) AS all_steps, step" : "1 AS all_steps",
                attempts() ? "try_cost, try_in, try_out, try_buckets" : "baseline_cost, savings, outcome, latency_ms",
                CalendarSteps.SQL,
                sets());
    }

    Map<String, Object> parameters() {
        Map<String, Object> parameters = new HashMap<>(question.filters().parameters());
        parameters.put("start", question.start());
        parameters.put("end", question.end());
        parameters.put("top", question.top());
        parameters.put("steps", CalendarSteps.parameter(question.steps()));
        if (question.group().kind() == Dimension.Kind.TAG) {
            parameters.put("group_tag", question.group().tag());
        }
        return parameters;
    }

    private boolean isGrouped() {
        return question.group().kind() != Dimension.Kind.NONE;
    }

    private boolean isStepped() {
        return question.rollup() != Rollup.NONE;
    }

    private boolean attempts() {
        return question.metric().ofAttempts();
    }

    private String rows() {
        return "FROM usage_requests FINAL"
                + (attempts() ? ATTEMPTS : "")
                + WHERE
                + question.filters().sql(attempts());
    }

    private String sets() {
        List<String> sets = new ArrayList<>(List.of("()"));
        if (isGrouped()) {
            sets.add("(rest, name)");
        }
        if (isStepped()) {
            sets.add("(step)");
        }
        if (isGrouped() && isStepped()) {
            sets.add("(rest, name, step)");
        }
        return String.join(", ", sets);
    }
}
