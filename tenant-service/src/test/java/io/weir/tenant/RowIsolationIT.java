package io.weir.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.testing.TenantEntry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Attacks as the app's own login role, on every table that has a tenant.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RowIsolationIT {

    private TenantPlatform platform;
    private TenantEntry entry;
    private String acme = "";
    private String globex = "";

    @BeforeAll
    void twoTenantsWithRowsEverywhere() throws Exception {
        platform = TenantPlatform.start();
        acme = platform.admin().provision("acme");
        globex = platform.admin().provision("globex");
        for (String tenant : List.of(acme, globex)) {
            platform.admin().post("/api/tenants/" + tenant + "/suspend", "");
        }
        platform.stopService();
        entry = TenantEntry.to(platform.database);
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement()) {
            for (String tenant : List.of(acme, globex)) {
                statement.execute("INSERT INTO outbox (tenant_id, topic, record_key, version, payload) VALUES ('"
                        + tenant + "', 'tenants.v1', 'seeded', 1, '{}')");
                statement.execute("INSERT INTO audit_sequence VALUES ('" + tenant + "', 1) ON CONFLICT DO NOTHING");
                statement.execute("INSERT INTO audit_outbox (tenant_id, sequence, payload) VALUES ('" + tenant
                        + "', 9999, '{}')");
                statement.execute("INSERT INTO audit_head VALUES ('" + tenant + "', 0) ON CONFLICT DO NOTHING");
                statement.execute("INSERT INTO audit_event (tenant_id, seq, stored_at, event_id, at, source, producer,"
                        + " producer_sequence, actor, action, target, outcome) VALUES ('" + tenant
                        + "', 9999, now(), gen_random_uuid(), now(), 's', 'p', 1, 'a', 'b.c', 'd', 'succeeded')");
                statement.execute(
                        "INSERT INTO audit_checkpoint VALUES ('" + tenant + "', 9999, 1, 1, '', '', now(), '', '')");
            }
        }
    }

    @AfterAll
    void stop() {
        platform.close();
    }

    @Test
    void everyTableWithATenantShowsAndChangesOnlyTheOwnRows() throws SQLException {
        // Of the platform alone: no tenant reads it, not even its own rows.
        assertThatThrownBy(() -> asAcme("SELECT tenant_id FROM audit_parked"))
                .hasMessageContaining("permission denied");
        List<String> tables = new ArrayList<>(tenantTables());
        tables.remove("audit_parked");
        assertThat(tables).contains("tenant", "tenant_config", "api_key", "outbox", "job");
        for (String table :
                List.of("tenant", "tenant_config", "api_key", "outbox", "job", "audit_sequence", "audit_outbox")) {
            assertThat(asAcme("SELECT tenant_id FROM " + table)).as(table).isNotEmpty();
        }
        for (String table : tables) {
            assertThat(asAcme("SELECT tenant_id FROM " + table)).as(table).allMatch(acme::equals);
            assertThat(asAcme("SELECT tenant_id FROM " + table + " WHERE tenant_id = '" + globex + "'"))
                    .as(table)
                    .isEmpty();
            assertThat(asNobody("SELECT tenant_id FROM " + table)).as(table).isEmpty();
            for (String attack : List.of(
                    "DELETE FROM " + table + " WHERE tenant_id = '" + globex + "' RETURNING tenant_id",
                    "UPDATE " + table + " SET version = 99 WHERE tenant_id = '" + globex + "' RETURNING tenant_id",
                    "UPDATE " + table + " SET tenant_id = '" + globex + "' RETURNING tenant_id",
                    "INSERT INTO " + table + " SELECT * FROM " + table
                            + " ON CONFLICT DO NOTHING RETURNING tenant_id")) {
                assertThat(refusedOrEmpty(attack)).as(attack).isTrue();
            }
        }
        assertThat(count("tenant")).isEqualTo(3);
    }

    @Test
    void rowsCannotBePlantedInAnotherTenant() {
        for (String attack : List.of(
                "INSERT INTO tenant_config VALUES ('" + globex + "', 2, '{}', 'thief', now())",
                "INSERT INTO api_key VALUES ('" + globex + "', 'k', 'h', 'n', '{}', 'active', NULL, 1, now())",
                "INSERT INTO outbox VALUES ('" + globex + "', 'tenants.v1', 'k', 9, '{}', now())",
                "INSERT INTO job VALUES ('" + globex + "', gen_random_uuid(), 'suspend', 1, now())")) {
            assertThatThrownBy(() -> asAcme(attack)).as(attack).hasMessageContaining("row-level security");
        }
    }

    @Test
    void theAppRoleCannotMakeTenantsPlansOrRewriteHistory() {
        for (String attack : List.of(
                "INSERT INTO tenant (tenant_id, slug) VALUES ('" + acme + "', 'globex')",
                "UPDATE tenant SET plan_key = 'enterprise'",
                "UPDATE tenant SET max_monthly_spend = NULL",
                "UPDATE tenant_config SET settings = '{}'",
                "UPDATE api_key SET scopes = '{platform-admin}'",
                "UPDATE plan_terms SET monthly_fee = 0",
                "DELETE FROM outbox",
                "SELECT * FROM schema_history",
                "SET ROLE " + platform.database + "_owner",
                "ALTER TABLE tenant DISABLE ROW LEVEL SECURITY")) {
            assertThatThrownBy(() -> asAcme(attack))
                    .as(attack)
                    .hasMessageMatching("(?s).*(permission denied|must be owner).*");
        }
    }

    @Test
    void everyKeyOfATenantTableBeginsWithTheTenant() throws SQLException {
        List<String> oracles = new ArrayList<>();
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT i.indexrelid::regclass::text AS name FROM pg_index i
                        JOIN pg_attribute t ON t.attrelid = i.indrelid AND t.attname = 'tenant_id'
                        WHERE i.indisunique AND i.indkey[0] <> t.attnum AND i.indrelid::regclass::text NOT LIKE 'pg_%' AND i.indrelid::regclass::text NOT LIKE 'tenant.%'""")) {
            while (rows.next()) {
                oracles.add(rows.getString("name"));
            }
        }
        // Slugs are unique over all tenants; the app role cannot write them, as shown above.
        assertThat(oracles).containsExactly("tenant_slug_key");
    }

    private boolean refusedOrEmpty(String sql) {
        try {
            return asAcme(sql).isEmpty();
        } catch (SQLException refused) {
            return String.valueOf(refused.getMessage()).matches("(?s).*(denied|row-level security|does not exist).*");
        }
    }

    private List<String> asAcme(String sql) throws SQLException {
        return as(entry.statement(UUID.fromString(acme)), sql);
    }

    private List<String> asNobody(String sql) throws SQLException {
        return as("SELECT set_config('weir.tenant_id', '', true)", sql);
    }

    private List<String> as(String setting, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = platform.as("app");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(setting);
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        found.add(rows.getString(1));
                    }
                }
            }
            connection.rollback();
        }
        return found;
    }

    private List<String> tenantTables() throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'")) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        }
        return tables;
    }

    private long count(String table) throws SQLException {
        try (Connection connection = platform.asSuperuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
