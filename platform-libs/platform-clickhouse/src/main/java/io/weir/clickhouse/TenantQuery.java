package io.weir.clickhouse;

import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The one place that says whose rows a query reads. The tenant comes from [TenantScope] and from nothing else, as a
/// server-side parameter, never as part of the text. Safe for use by many threads.
public final class TenantQuery {

    private static final Logger LOG = LoggerFactory.getLogger(TenantQuery.class);
    private static final int PARTS_AT_ONCE = 4;
    private static final String NAME = "tenant";
    private static final String PLACE = "{" + NAME + ":UUID}";
    private static final Pattern STRING = Pattern.compile("'(?:[^'\\\\]|\\\\.|'')*+'", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("--|/\\*|#");
    // First in its WHERE, and one of several that must all hold, or the only one: not denied, compared or chosen from.
    private static final Pattern BOUND = Pattern.compile("(?i)\\bWHERE\\s+tenant_id\\s*=\\s*" + Pattern.quote(PLACE)
            + "(?=\\s*(?:$|\\)|(?:AND|GROUP|ORDER|LIMIT|UNION|HAVING|SETTINGS)\\b))");
    // Opens, closes, or gives a way round what stands at the same level.
    private static final Pattern STEP = Pattern.compile("(?i)[()?]|\\bOR\\b");
    // Two tables by a comma; the name of a table in place of a list.
    private static final Pattern UNSEEN = Pattern.compile(
            "(?i)\\bFROM\\s+[\\w.`\"]+(?:\\s+FINAL\\b)?(?:\\s+(?:AS\\s+)?\\w+)?\\s*,|\\bIN\\b\\s*\\(?\\s*(?!SELECT\\b)[A-Za-z_`\"]");
    // A subquery follows with a bracket at once.
    private static final Pattern TABLE = Pattern.compile("(?i)(?:\\bFROM|(?<!ARRAY\\s)\\bJOIN)\\s+[A-Za-z_`\"]");
    private static final Pattern ELSEWHERE = Pattern.compile(
            "(?i)(?:\\bFROM|(?<!ARRAY\\s)\\bJOIN)\\s+[A-Za-z_][\\w.]*+\\s*\\(|\\b(?:dictGet\\w*|joinGet\\w*)\\s*\\(");

    private final ClickHouse clickHouse;

    public TenantQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /// Rows of the tenant in scope. The text must bind each table that it names: as many times
    /// `WHERE tenant_id = {tenant:UUID}`, not in a comment or a string, and with no alternative, as it has tables.
    ///
    /// Throws [IllegalArgumentException] when it does not, when it may read elsewhere than in tables, or when the
    /// parameters name a tenant; fails with `MissingTenantException` outside a tenant's scope, with
    /// [ClickHouseException] when no answer comes.
    public <T> Mono<List<T>> rows(String sql, Map<String, ?> parameters, RowMapper<T> mapper) {
        demandTenant(sql);
        refuseTenant(parameters);
        return TenantScope.current().flatMap(tenant -> {
            Map<String, Object> all = new HashMap<>(parameters);
            UUID id = tenant.id().value();
            all.put(NAME, id);
            return clickHouse.rows(sql, all, mapper);
        });
    }

    /// Rows across tenants, for work of the platform itself, which says why.
    ///
    /// Throws [IllegalArgumentException] when the text is about one tenant: such a query belongs into [#rows].
    public <T> Mono<List<T>> acrossTenants(
            ForPlatform scope, String sql, Map<String, ?> parameters, RowMapper<T> mapper) {
        if (sql.contains(PLACE)) {
            throw new IllegalArgumentException("query across tenants with " + PLACE + ": " + sql);
        }
        refuseTenant(parameters);
        LOG.debug("Query across tenants: {}", scope.reason());
        return clickHouse.rows(sql, parameters, mapper);
    }

    /// As [#acrossTenants], about values that may be too many for one statement: asked in parts, some at once. Rows
    /// come
    /// in no order.
    ///
    /// @param texts of a value: what goes into lists, each into its own
    /// @param parameters of some of the values
    public <V, T> Mono<List<T>> acrossTenantsInParts(
            ForPlatform scope,
            String sql,
            Collection<V> values,
            Function<V, List<String>> texts,
            Function<List<V>, Map<String, ?>> parameters,
            RowMapper<T> mapper) {
        return Flux.fromIterable(parts(values, texts))
                .flatMap(part -> acrossTenants(scope, sql, parameters.apply(part), mapper), PARTS_AT_ONCE)
                .flatMapIterable(rows -> rows)
                .collectList();
    }

    private static <V> List<List<V>> parts(Collection<V> values, Function<V, List<String>> texts) {
        List<List<V>> parts = new ArrayList<>();
        List<V> part = new ArrayList<>();
        int bytes = 0;
        for (V value : values) {
            int more = texts.apply(value).stream()
                    .mapToInt(Parameters::bytes)
                    .max()
                    .orElse(0);
            if (bytes + more > Parameters.MOST_BYTES && !part.isEmpty()) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(value);
            bytes += more;
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    // A net for mistakes of ours, no parser: it refuses what is not plainly bound, and more than it would have to.
    private static void demandTenant(String sql) {
        String text = STRING.matcher(sql).replaceAll("''");
        if (COMMENT.matcher(text).find()) {
            throw new IllegalArgumentException("query with a comment, which may hide its condition: " + sql);
        }
        if (ELSEWHERE.matcher(text).find()) {
            throw new IllegalArgumentException("query that reads elsewhere than in tables: " + sql);
        }
        if (UNSEEN.matcher(text).find()) {
            throw new IllegalArgumentException("query with a table that may be overlooked: " + sql);
        }
        long bound = BOUND.matcher(text)
                .results()
                .filter(condition -> holds(text, condition.end()))
                .count();
        if (bound == 0 || bound < TABLE.matcher(text).results().count()) {
            throw new IllegalArgumentException(
                    "query with a table without tenant_id = " + PLACE + ", it would read every tenant's rows: " + sql);
        }
    }

    // Whether nothing that follows at its level lets rows pass without it.
    private static boolean holds(String text, int from) {
        int depth = 0;
        Matcher steps = STEP.matcher(text).region(from, text.length());
        while (steps.find() && depth >= 0) {
            switch (steps.group()) {
                case "(" -> depth++;
                case ")" -> depth--;
                default -> {
                    if (depth == 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static void refuseTenant(Map<String, ?> parameters) {
        if (parameters.containsKey(NAME)) {
            throw new IllegalArgumentException("parameter " + NAME + ": set by the scope, never by a caller");
        }
    }
}
