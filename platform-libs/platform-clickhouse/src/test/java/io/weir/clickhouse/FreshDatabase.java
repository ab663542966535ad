package io.weir.clickhouse;

import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// A database of its own for one test class, dropped at the end.
final class FreshDatabase implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(30);

    private final ClickHouse clickHouse;

    FreshDatabase() {
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        clickHouse = new ClickHouse(new ClickHouseProperties(
                server.url(),
                Infrastructure.freshName("clickhouse"),
                server.user(),
                server.password(),
                4,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30)));
    }

    ClickHouse clickHouse() {
        return clickHouse;
    }

    void migrate() {
        new SchemaMigrations(clickHouse, List.of("clickhouse-test/V001__calls.sql")).migrate();
    }

    long count(String table) {
        String sql = "SELECT count() AS n FROM " + table;
        return Objects.requireNonNull(clickHouse
                        .rows(sql, java.util.Map.of(), row -> row.integer("n"))
                        .block(SOON))
                .getFirst();
    }

    @Override
    public void close() {
        clickHouse.execute("default", "DROP DATABASE " + clickHouse.properties().database());
        clickHouse.close();
    }
}
