package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testing.TenantEntry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Full text, JSON and numbers lose their index under row security; generated search functions keep it, and find rows
/// of the running tenant only.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchIT {

    private static final UUID ACME = UUID.randomUUID();
    private static final UUID GLOBEX = UUID.randomUUID();

    private FreshDatabase database;
    private TenantEntry entry;

    @BeforeAll
    void manyDocuments() throws SQLException {
        database = FreshDatabase.create();
        String rows =
                "SELECT id, n, 'word' || n || ' common', jsonb_build_object('k', n), n FROM generate_series(1, 20000) n,"
                        + " unnest(ARRAY['" + ACME + "', '" + GLOBEX + "']::uuid[]) id";
        database.asSuperuser(
                "SET ROLE " + database.name + "_owner",
                """
                CREATE TABLE doc (tenant_id uuid NOT NULL, doc_id int NOT NULL, body text NOT NULL, meta jsonb NOT NULL,
                    price numeric NOT NULL,
                    words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED,
                    PRIMARY KEY (tenant_id, doc_id))
                """,
                "CREATE INDEX doc_words ON doc USING gin (words)",
                "CREATE INDEX doc_meta ON doc USING gin (meta)",
                "CREATE INDEX doc_price ON doc (tenant_id, price)",
                "SELECT tenant.protect('doc', searched => true)",
                """
                SELECT tenant.search_function('doc_of_words', 'doc', 'query text',
                    't.words @@ websearch_to_tsquery(''simple'', query)', 't.doc_id')
                """,
                "SELECT tenant.search_function('doc_of_meta', 'doc', 'wanted jsonb', 't.meta @> wanted', 't.doc_id')",
                "SELECT tenant.search_function('doc_of_price', 'doc', 'wanted numeric', 't.price = wanted', 't.doc_id')",
                "RESET ROLE",
                "INSERT INTO doc " + rows,
                "VACUUM ANALYZE doc");
        entry = TenantEntry.to(database.name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"doc_of_words('word77', 9)", "doc_of_meta('{\"k\": 77}', 9)", "doc_of_price(77, 9)"})
    void aSearchFindsTheTenantsOwnRowOnly(String call) throws SQLException {
        for (UUID tenant : List.of(ACME, GLOBEX)) {
            assertThat(as(tenant, "SELECT tenant_id || ' ' || doc_id FROM " + call))
                    .containsExactly(tenant + " 77");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"doc_of_words('word77', 9)", "doc_of_meta('{\"k\": 77}', 9)", "doc_of_price(77, 9)"})
    void withoutATenantASearchFindsNothing(String call) throws SQLException {
        assertThat(run("SELECT 1", "SELECT doc_id FROM " + call)).isEmpty();
    }

    // What is measured is how many rows the server touched: the plan of a statement inside a function is not shown.
    @ParameterizedTest
    @ValueSource(strings = {"doc_of_words('word77', 9)", "doc_of_meta('{\"k\": 77}', 9)", "doc_of_price(77, 9)"})
    void aSearchUsesItsIndex(String call) throws SQLException {
        assertThat(blocksRead("SELECT count(*) FROM " + call)).isLessThan(60);
    }

    // Else the functions would be for nothing; a server whose operators become leakproof fails here.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "words @@ websearch_to_tsquery('simple', 'word77')",
                "meta @> '{\"k\": 77}'",
            })
    void theSameConditionWithoutTheFunctionReadsTheWholeTenant(String condition) throws SQLException {
        assertThat(blocksRead("SELECT count(*) FROM doc WHERE tenant_id = '" + ACME + "' AND " + condition))
                .isGreaterThan(60);
    }

    @Test
    void theConditionCannotReachPastTheTenant() throws SQLException {
        database.asSuperuser(
                "SET ROLE " + database.name + "_owner",
                "SELECT tenant.search_function('doc_wide', 'doc', 'query text', 'false) OR (true', 't.doc_id')");
        assertThat(as(ACME, "SELECT DISTINCT tenant_id FROM doc_wide('x', 50000)"))
                .containsExactly(ACME.toString());
    }

    @Test
    void nobodyActsAsTheSearchRole() {
        assertThatThrownBy(() -> as(ACME, "SET ROLE " + database.name + "_search_definer"))
                .hasMessageContaining("permission denied");
        assertThatThrownBy(() -> as(
                        ACME,
                        "CREATE OR REPLACE FUNCTION public.doc_of_price(wanted numeric, most_rows int)"
                                + " RETURNS SETOF doc LANGUAGE sql AS 'SELECT * FROM doc'"))
                .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }

    private int blocksRead(String sql) throws SQLException {
        String plan =
                String.join("\n", as(ACME, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, COSTS OFF, SUMMARY OFF) " + sql));
        Matcher buffers = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?")
                .matcher(plan);
        assertThat(buffers.find()).as(plan).isTrue();
        return number(buffers.group(1)) + number(buffers.group(2));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    private List<String> as(UUID tenant, String sql) throws SQLException {
        return run(entry.statement(tenant), sql);
    }

    // Twice, so that what is loaded once in a session does not count.
    private List<String> run(String first, String sql) throws SQLException {
        PostgresProperties.Login app = database.login("_app");
        String url = database.properties(1, Duration.ofSeconds(1)).jdbcUrl();
        try (Connection connection = DriverManager.getConnection(url, app.username(), app.password());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(first);
            statement.execute(sql);
            List<String> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    found.add(String.valueOf(rows.getString(1)));
                }
            }
            connection.rollback();
            return found;
        }
    }
}
