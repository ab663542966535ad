package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testing.Infrastructure;
import io.weir.testing.MutableClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;

/// The two ways across tenants: the platform's own transactions, and support's reading. Each use leaves a trace.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlatformScopeIT {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private FreshDatabase database;
    private PostgresPools pools;
    private String support = "";

    @BeforeAll
    void open() throws SQLException {
        database = FreshDatabase.create();
        pools = database.open(1);
        support = database.name + "_support_readonly";
        database.asSuperuser(
                "SET ROLE " + database.name + "_owner",
                "SELECT tenant.protect('note', platform => '{\"select\": true}', support => true)",
                "RESET ROLE",
                "INSERT INTO note VALUES ('" + ACME + "', 1, 'acme'), ('" + GLOBEX + "', 1, 'globex')",
                "ALTER ROLE " + support + " LOGIN PASSWORD 'secret'");
    }

    @AfterAll
    void close() throws SQLException {
        pools.stop();
        database.asSuperuser("ALTER ROLE " + support + " NOLOGIN");
    }

    @Test
    void everyUseIsCountedAndTheFirstOfEachHourIsTold() {
        MutableClock clock = MutableClock.at("2026-11-23T10:59:00Z");
        List<String> told = new ArrayList<>();
        PlatformScopeListener listener = new PlatformScopeListener() {
            @Override
            public void used(String reason) {
                told.add("used " + reason);
            }

            @Override
            public void firstUseOfTheHour(String reason) {
                told.add("first " + reason);
            }
        };
        PlatformTransaction platform = pools.platformTransaction(clock, () -> List.of(listener));
        Mono<Long> use =
                platform.in("relay", client -> client.sql("SELECT 1").fetch().rowsUpdated());
        use.block(Duration.ofSeconds(10));
        use.block(Duration.ofSeconds(10));
        clock.advance(Duration.ofMinutes(2));
        use.block(Duration.ofSeconds(10));
        assertThat(told).containsExactly("used relay", "first relay", "used relay", "used relay", "first relay");
    }

    @Test
    void supportSeesOneTenantAfterItSaidWhyAndNothingBefore() throws SQLException {
        try (Connection connection = support();
                Statement statement = connection.createStatement()) {
            assertThat(texts(statement)).isEmpty();
            statement.execute("SELECT tenant.open_support('" + ACME + "', 'ticket 4711: a line is missing')");
            assertThat(texts(statement)).containsExactly("acme");
            statement.execute("SELECT tenant.open_support('" + GLOBEX + "', 'ticket 4712: a line is missing')");
            assertThat(texts(statement)).containsExactly("globex");
        }
        assertThat(uses()).contains(support + " " + ACME + " ticket 4711: a line is missing");
        database.asSuperuser("UPDATE tenant.support_use SET expires_at = now()");
        try (Connection connection = support();
                Statement statement = connection.createStatement()) {
            assertThat(texts(statement)).isEmpty();
        }
    }

    @Test
    void supportCannotReadInTheTransactionThatItMayRollBack() throws SQLException {
        database.asSuperuser("UPDATE tenant.support_use SET expires_at = now()");
        try (Connection connection = support();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT tenant.open_support('" + ACME + "', 'ticket 4713: a line is missing')");
            assertThat(texts(statement)).isEmpty();
            connection.rollback();
        }
    }

    @Test
    void supportCannotChangeRowsNorWhatIsKeptOfItsUse() throws SQLException {
        try (Connection connection = support();
                Statement statement = connection.createStatement()) {
            for (String attack : List.of(
                    "UPDATE note SET text = 'x'",
                    "DELETE FROM tenant.support_use",
                    "SELECT * FROM tenant.support_use",
                    "INSERT INTO note VALUES ('" + ACME + "', 2, 'x')",
                    "SELECT tenant.open_support('" + ACME + "', 'short')")) {
                assertThatThrownBy(() -> statement.execute(attack))
                        .as(attack)
                        .hasMessageMatching("(?s).*(permission denied|check constraint).*");
            }
        }
    }

    private Connection support() throws SQLException {
        return DriverManager.getConnection(Infrastructure.postgres().jdbcUrl(database.name), support, "secret");
    }

    private static List<String> texts(Statement statement) throws SQLException {
        return strings(statement, "SELECT text FROM note");
    }

    private List<String> uses() throws SQLException {
        Infrastructure.Postgres postgres = Infrastructure.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(database.name), postgres.superuser(), postgres.password());
                Statement statement = connection.createStatement()) {
            return strings(statement, "SELECT who || ' ' || tenant_id || ' ' || reason FROM tenant.support_use");
        }
    }

    private static List<String> strings(Statement statement, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
