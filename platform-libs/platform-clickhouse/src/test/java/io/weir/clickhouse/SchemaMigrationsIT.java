package io.weir.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.weir.testing.Infrastructure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@Tag("infra")
class SchemaMigrationsIT {

    private static final String FIRST = "clickhouse-test/V001__calls.sql";
    private static final String SECOND = "clickhouse-test/V002__extra.sql";
    private static final FreshDatabase DATABASE = new FreshDatabase();

    @AfterAll
    static void drop() {
        DATABASE.close();
    }

    @Test
    void scriptsAreAppliedInOrderOnceAndAChangedOneIsRefused() {
        new SchemaMigrations(DATABASE.clickHouse(), List.of(FIRST)).migrate();
        new SchemaMigrations(DATABASE.clickHouse(), List.of(FIRST, SECOND)).migrate();
        new SchemaMigrations(DATABASE.clickHouse(), List.of(FIRST, SECOND)).migrate();
        assertThat(DATABASE.count("schema_migrations WHERE name < 'V003'")).isEqualTo(2);
        assertThat(DATABASE.count(
                        "system.columns WHERE database = currentDatabase() AND table = 'calls' AND name = 'extra'"))
                .isOne();

        String database = DATABASE.clickHouse().properties().database();
        DATABASE.clickHouse()
                .execute(
                        database,
                        "ALTER TABLE schema_migrations UPDATE checksum = 'other' WHERE name = 'V001__calls.sql' SETTINGS mutations_sync = 1");
        assertThatIllegalStateException()
                .isThrownBy(() -> new SchemaMigrations(DATABASE.clickHouse(), List.of(FIRST)).migrate())
                .withMessageContaining("V001__calls.sql");
    }

    @Test
    void aScriptMayTakeLongerThanAnInsert() {
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        ClickHouseProperties hasty = new ClickHouseProperties(
                server.url(),
                DATABASE.clickHouse().properties().database(),
                server.user(),
                server.password(),
                1,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1));
        try (ClickHouse clickHouse = new ClickHouse(hasty)) {
            new SchemaMigrations(clickHouse, List.of("clickhouse-test/V003__slow.sql")).migrate();
        }
        assertThat(DATABASE.count("slow")).isEqualTo(4);
        assertThat(DATABASE.count("schema_migrations WHERE name = 'V003__slow.sql'"))
                .isOne();
    }

    @Test
    void aServerThatIsAwayIsAnErrorWithinTheTimeouts() {
        ClickHouseProperties away = new ClickHouseProperties(
                "http://127.0.0.1:1",
                "weir",
                "default",
                "",
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        try (ClickHouse nobody = new ClickHouse(away)) {
            StepVerifier.create(nobody.ping())
                    .expectError(ClickHouseException.class)
                    .verify(Duration.ofSeconds(10));
            SchemaMigrations migrations = new SchemaMigrations(nobody, List.of(FIRST));
            assertThatExceptionOfType(ClickHouseException.class).isThrownBy(migrations::migrate);
        }
    }

    @Test
    void aQueryThatTakesTooLongEnds() {
        Infrastructure.ClickHouse server = Infrastructure.clickhouse();
        ClickHouseProperties hasty = new ClickHouseProperties(
                server.url(),
                "default",
                server.user(),
                server.password(),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        try (ClickHouse clickHouse = new ClickHouse(hasty)) {
            StepVerifier.create(clickHouse.rows(
                            "SELECT count() AS n FROM numbers(1000000000000) WHERE NOT ignore(number)",
                            java.util.Map.of(),
                            row -> row))
                    .expectError(ClickHouseException.class)
                    .verify(Duration.ofSeconds(15));
        }
    }
}
