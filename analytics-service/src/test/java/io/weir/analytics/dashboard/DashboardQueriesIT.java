package io.weir.analytics.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.analytics.ingestion.RetentionProperties;
import io.weir.analytics.ingestion.Schema;
import io.weir.clickhouse.Block;
import io.weir.clickhouse.BlockWriter;
import io.weir.clickhouse.ClickHouse;
import io.weir.clickhouse.ClickHouseProperties;
import io.weir.clickhouse.TenantQuery;
import io.weir.snapshots.SnapshotJson;
import io.weir.tenancy.ExecutionScope.ForPlatform;
import io.weir.tenancy.TenantId;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each query that a dashboard asks ClickHouse is asked here, with Grafana's macros and variables filled in as its
/// plug-in does, of tables that have rows.
@Tag("infra")
class DashboardQueriesIT {

    static {
        EventLoops.guard();
    }

    private static final Path DASHBOARDS = Path.of("../helm/weir/dashboards");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static Instant now = Instant.EPOCH;
    private static final TenantId TENANT = new TenantId(UUID.randomUUID());
    private static final ClickHouse CLICKHOUSE = new ClickHouse(new ClickHouseProperties(
            Infrastructure.clickhouse().url(),
            Infrastructure.freshName("dashboards"),
            Infrastructure.clickhouse().user(),
            Infrastructure.clickhouse().password(),
            4,
            LIMIT,
            LIMIT,
            LIMIT));

    record Query(String name, String sql) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Query> queries() throws Exception {
        List<Query> queries = new ArrayList<>();
        try (Stream<Path> files = Files.list(DASHBOARDS)) {
            for (Path file : files.sorted().toList()) {
                JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(file));
                dashboard.path("templating").path("list").forEach(variable -> {
                    if (isOfClickHouse(variable)) {
                        String name = file.getFileName() + ", "
                                + variable.path("name").asString();
                        queries.add(new Query(name, variable.path("query").asString()));
                    }
                });
                panels(dashboard)
                        .forEach(panel -> panel.path("targets").forEach(target -> {
                            if (isOfClickHouse(target)) {
                                String name = file.getFileName() + ", "
                                        + panel.path("title").asString();
                                queries.add(
                                        new Query(name, target.path("rawSql").asString()));
                            }
                        }));
            }
        }
        return queries;
    }

    private static List<JsonNode> panels(JsonNode of) {
        List<JsonNode> all = new ArrayList<>();
        of.path("panels").forEach(panel -> {
            all.add(panel);
            all.addAll(panels(panel));
        });
        return all;
    }

    private static boolean isOfClickHouse(JsonNode node) {
        return node.path("datasource").path("type").asString("").equals("grafana-clickhouse-datasource");
    }

    @BeforeAll
    static void rows() {
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Schema schema = new Schema(CLICKHOUSE, RetentionProperties.DEFAULTS);
        schema.start();
        Eventually.passes(LIMIT, () -> assertThat(schema.isReady()).isTrue());
        for (int n = 0; n < 25; n++) {
            Map<String, Object> access = row("a" + n);
            access.put("route_class", "inference");
            access.put("status", n == 0 ? 500 : 200);
            access.put("reason", n == 0 ? "internal_error" : null);
            access.put("latency_ms", 300);
            write("access_records", access);
            Map<String, Object> attempt = row("a" + n);
            attempt.put("latency_ms", 250);
            attempt.put("attempt", 1);
            write("usage_attempts", attempt);
            Map<String, Object> usage = row("a" + n);
            usage.putAll(Map.of(
                    "key_id",
                    "k",
                    "served_provider",
                    "openai",
                    "served_model",
                    "gpt",
                    "cost",
                    "0.01",
                    "savings",
                    "0.002"));
            usage.put("time_to_first_token_ms", 80);
            usage.put("tokens_in", 10);
            usage.put("tokens_out", 5);
            write("usage_requests", usage);
        }
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("tenant_id", TENANT.toString());
        step.put("version", 1);
        step.put("cause", "escalated");
        step.put("at", now.toString());
        step.put("stage", "quarantine");
        write("neighbour_steps", step);
    }

    @Test
    void thereAreQueries() throws Exception {
        assertThat(queries()).hasSizeGreaterThan(25);
    }

    @ParameterizedTest
    @MethodSource("queries")
    void itIsAnsweredWithRows(Query query) {
        List<Integer> rows = Objects.requireNonNull(new TenantQuery(CLICKHOUSE)
                .acrossTenants(new ForPlatform("test"), filledIn(query.sql()), Map.of(), row -> 1)
                .block(LIMIT));
        assertThat(rows).isNotEmpty();
    }

    // As the plug-in's macros are documented.
    private static String filledIn(String sql) {
        long from = now.minus(Duration.ofHours(6)).getEpochSecond();
        long to = now.plus(Duration.ofMinutes(1)).getEpochSecond();
        String filled = sql.replaceAll(
                        "\\$__timeFilter\\((\\w+)\\)",
                        "$1 >= toDateTime(" + from + ") AND $1 <= toDateTime(" + to + ")")
                .replaceAll("\\$__timeInterval\\((\\w+)\\)", "toStartOfInterval(toDateTime($1), INTERVAL 60 second)")
                .replace("$tenant", TENANT.toString())
                .replace("$limit", "10")
                .replace("$objective", "0.999");
        assertThat(filled).doesNotContain("$");
        return filled;
    }

    private static Map<String, Object> row(String id) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tenant_id", TENANT.toString());
        row.put("hour", now.truncatedTo(ChronoUnit.HOURS).toString());
        row.put("event_id", id);
        row.put("event_time", now.toString());
        row.put("request_id", id);
        return row;
    }

    private static void write(String table, Map<String, Object> row) {
        String token = table + row.get("event_id");
        new BlockWriter(CLICKHOUSE)
                .write(new Block(table, SnapshotJson.write(row), 1, token))
                .block(LIMIT);
    }
}
