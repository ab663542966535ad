package io.weir.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a database to the schema of this version: ordered SQL resources, each recorded when it is done.
///
/// ClickHouse has no transactional DDL. A script that was interrupted runs again from its start, so each of its
/// statements must bear that (`IF NOT EXISTS`). Each may take ten minutes, and is not begun a second time while the
/// first still runs on that server. Statements end with a semicolon at the end of a line.
public final class SchemaMigrations {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaMigrations.class);
    // A script may move the rows of years.
    private static final Duration STATEMENT_LIMIT = Duration.ofMinutes(10);
    private static final String HISTORY = """
            CREATE TABLE IF NOT EXISTS schema_migrations
            (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
            ENGINE = ReplacingMergeTree ORDER BY name""";

    private final ClickHouse clickHouse;
    private final List<Script> scripts;

    /// @param resources class path names in the order in which they apply, for example `clickhouse/V001__usage.sql`
    public SchemaMigrations(ClickHouse clickHouse, List<String> resources) {
        this.clickHouse = clickHouse;
        this.scripts = resources.stream().map(Script::load).toList();
    }

    /// Applies what is missing; returns when the schema is there. Blocks its thread.
    ///
    /// Throws [ClickHouseException] when the server does not answer or refuses, [IllegalStateException] when a
    /// script that was applied has been changed since.
    public void migrate() {
        String database = clickHouse.properties().database();
        clickHouse.execute("default", "CREATE DATABASE IF NOT EXISTS " + database);
        clickHouse.execute(database, HISTORY);
        Map<String, String> applied =
                clickHouse.query("SELECT name, checksum FROM schema_migrations FINAL", Map.of(), row -> row).stream()
                        .collect(Collectors.toMap(row -> row.text("name"), row -> row.text("checksum")));
        for (Script script : scripts) {
            String before = applied.get(script.name());
            if (before == null) {
                apply(database, script);
            } else if (!before.equals(script.checksum())) {
                throw new IllegalStateException("schema script " + script.name()
                        + " was changed after it had been applied; put it back, and write a new one");
            }
        }
    }

    /// Lets the server drop parts of a table all of whose rows are older than that; changes it only where it differs.
    /// Names must come from our own code.
    ///
    /// Throws [ClickHouseException] when the server does not answer or refuses.
    ///
    /// @param column when a row happened
    /// @param unit days or months
    public void keepFor(String table, String column, int amount, ChronoUnit unit) {
        String interval = unit == ChronoUnit.MONTHS ? "Month" : "Day";
        String wanted = "TTL " + column + " + toInterval" + interval + "(" + amount + ")";
        boolean there = clickHouse
                .query(
                        "SELECT engine_full AS engine FROM system.tables"
                                + " WHERE database = currentDatabase() AND name = {table:String}",
                        Map.of("table", table),
                        row -> row.text("engine"))
                .stream()
                .anyMatch(engine -> engine.contains(wanted) && engine.contains("ttl_only_drop_parts = 1"));
        if (!there) {
            String database = clickHouse.properties().database();
            clickHouse.execute(database, "ALTER TABLE " + table + " MODIFY SETTING ttl_only_drop_parts = 1");
            clickHouse.execute(database, "ALTER TABLE " + table + " MODIFY " + wanted);
            LOG.info("Rows of {} are kept for {} {}", table, amount, unit);
        }
    }

    private void apply(String database, Script script) {
        int number = 0;
        for (String statement : script.statements()) {
            number++;
            String id = database + "/" + script.name() + "/" + number;
            clickHouse.executeAlone(database, statement, id, STATEMENT_LIMIT);
        }
        // Both come from our own resources; the name is checked for quotes when it is loaded.
        clickHouse.execute(
                database,
                "INSERT INTO schema_migrations (name, checksum) VALUES ('" + script.name() + "', '" + script.checksum()
                        + "')");
        LOG.info("Applied schema script {}", script.name());
    }

    private record Script(String name, String checksum, List<String> statements) {

        static Script load(String resource) {
            String name = resource.substring(resource.lastIndexOf('/') + 1);
            if (!name.matches("\\w+\\.sql")) {
                throw new IllegalArgumentException("schema script: '" + name + "' (expected: V001__name.sql)");
            }
            String text = text(resource);
            List<String> statements = Arrays.stream(text.split(";\\s*(?:\\n|\\z)"))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
            return new Script(name, sha256(text), statements);
        }

        private static String text(String resource) {
            ClassLoader loader = Objects.requireNonNull(Thread.currentThread().getContextClassLoader());
            try (InputStream in = loader.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalArgumentException("schema script: no resource " + resource);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException broken) {
                throw new UncheckedIOException("schema script " + resource, broken);
            }
        }

        private static String sha256(String text) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest);
            } catch (NoSuchAlgorithmException missing) {
                throw new IllegalStateException("SHA-256 is part of every JDK", missing);
            }
        }
    }
}
