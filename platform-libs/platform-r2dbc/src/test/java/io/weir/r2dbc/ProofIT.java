package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.tenancy.Placement;
import io.weir.tenancy.TenantContext;
import io.weir.tenancy.TenantId;
import io.weir.tenancy.TenantScope;
import io.weir.testing.Eventually;
import io.weir.testing.TenantEntry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/// Whoever can run statements of their own as the app role can claim any tenant, and prove none.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProofIT {

    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final TenantContext ACME = tenant();
    private static final TenantContext GLOBEX = tenant();

    private FreshDatabase database;
    private PostgresPools pools;
    private TenantTransaction transaction;
    private TenantEntry entry;

    @BeforeAll
    void open() throws SQLException {
        database = FreshDatabase.create();
        pools = database.open(1);
        transaction = pools.tenantTransaction();
        entry = TenantEntry.to(database.name);
        database.asSuperuser(
                "INSERT INTO note VALUES ('" + ACME.id() + "', 1, 'acme'), ('" + GLOBEX.id() + "', 1, 'globex')");
    }

    @AfterAll
    void close() {
        pools.stop();
    }

    // Else no attack below would mean anything.
    @Test
    void aTenantWithItsProofSeesItsRows() {
        assertThat(texts("SELECT 1")).containsExactly("acme");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT set_config('weir.tenant_id', '${globex}', true)",
                "SELECT set_config('weir.tenant_id', '${globex}', false)",
                "SELECT set_config('weir.tenant_id', upper('${globex}'), true)",
                "SELECT set_config('weir.tenant_id', '', true)",
                "SELECT set_config('weir.tenant_id', '%', true)",
                "SELECT set_config('weir.tenant_proof', '', true)",
                "SELECT set_config('weir.tenant_proof', repeat('0', 92), true)",
                "SELECT set_config('weir.tenant_proof', left(current_setting('weir.tenant_proof'), 28), true)",
                "SELECT set_config('weir.tenant_id', '${globex}', true),"
                        + " set_config('weir.tenant_proof', left(current_setting('weir.tenant_proof'), 28) || repeat('a', 64), true)",
                "SELECT set_config('weir.tenant_id', '${globex}|' || substr(current_setting('weir.tenant_proof'), 18, 10), true)",
            })
    void aSettingThatIsInjectedShowsNothing(String attack) {
        assertThat(texts(named(attack))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT tenant.enter('${globex}', current_setting('weir.tenant_proof'), 'registry', 'public', 0)",
                "SELECT tenant.enter('${globex}', '', 'registry', 'public', 0)",
                "SELECT tenant.enter('${globex}', NULL, 'registry', 'public', 0)",
                "SELECT * FROM tenant.proof_key",
                "SELECT inner_pad FROM tenant.proof_key",
                "INSERT INTO tenant.proof_key VALUES (repeat('0', 16), repeat('0', 64)::bytea, repeat('0', 64)::bytea, 'infinity')",
                "CREATE OR REPLACE FUNCTION tenant.current_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
                "CREATE FUNCTION public.current_setting(text, boolean) RETURNS text LANGUAGE sql AS 'SELECT ''x'''",
                "CREATE TEMPORARY TABLE proof_key (kid text)",
                "SET ROLE ${owner}",
                "SET track_activities = on",
                "COPY note TO PROGRAM 'cat'",
                "SELECT pg_read_file('PG_VERSION')",
                "SELECT lo_import('/etc/hostname')",
            })
    void whatWouldForgeAProofIsRefused(String attack) {
        assertThatThrownBy(() -> raw(named(attack))).isInstanceOf(SQLException.class);
    }

    @Test
    void aKnownForeignIdWithAnotherTenantsProofIsRefused() throws SQLException {
        String stolen = entry.proof(ACME.id().value(), Instant.now().plusSeconds(60));
        assertThatThrownBy(() ->
                        raw("SELECT tenant.enter('" + GLOBEX.id() + "', '" + stolen + "', 'registry', 'public', 0)"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("WR002"));
    }

    @Test
    void aProofExpires() throws SQLException {
        String old = entry.proof(GLOBEX.id().value(), Instant.now().minusSeconds(60));
        assertThatThrownBy(
                        () -> raw("SELECT tenant.enter('" + GLOBEX.id() + "', '" + old + "', 'registry', 'public', 0)"))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getSQLState()).isEqualTo("WR002"));
    }

    @Test
    void theProofsInOthersRunningStatementsAreNotToBeSeen() throws SQLException {
        try (Connection other = app();
                Statement held = other.createStatement()) {
            other.setAutoCommit(false);
            held.execute(entry.statement(GLOBEX.id().value()));
            assertThat(raw("SELECT coalesce(query, '') FROM pg_stat_activity WHERE usename = current_user"))
                    .isNotEmpty()
                    .noneSatisfy(query -> assertThat(query).contains("enter"));
            other.rollback();
        }
    }

    @Test
    void aKeyThatTheDatabaseForgotIsRegisteredAgain() throws SQLException {
        database.asSuperuser("DELETE FROM tenant.proof_key");
        assertThatThrownBy(() -> texts("SELECT 1"))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        away -> assertThat(away.type()).isEqualTo(ProblemType.SERVICE_UNAVAILABLE));
        Eventually.passes(() -> assertThat(texts("SELECT 1")).containsExactly("acme"));
        entry = TenantEntry.to(database.name);
    }

    // Renewals look at the database too; removing the key asks for one.
    @Test
    void aServiceThatRunsSaysWhatItFindsAndGoesOn() throws SQLException {
        database.asSuperuser("CREATE UNIQUE INDEX oracle ON note (text)", "DELETE FROM tenant.proof_key");
        Eventually.passes(() -> {
            assertThat(texts("SELECT 1")).containsExactly("acme");
            assertThat(pools.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.rule()).isEqualTo("unique-without-tenant"));
        });
        database.asSuperuser("DROP INDEX oracle", "DELETE FROM tenant.proof_key");
        Eventually.passes(() -> {
            assertThat(texts("SELECT 1")).containsExactly("acme");
            assertThat(pools.findings()).isEmpty();
        });
        entry = TenantEntry.to(database.name);
    }

    // What acme sees after a statement of its own.
    private List<String> texts(String first) {
        return Objects.requireNonNull(transaction
                .in(client -> run(client, first)
                        .thenMany(client.sql("SELECT text FROM note")
                                .map(row -> Column.first(row, String.class))
                                .all())
                        .collectList())
                .contextWrite(TenantScope.entering(ACME))
                .block(WAIT));
    }

    private static Mono<Void> run(DatabaseClient client, String sql) {
        return client.sql(sql).fetch().all().then();
    }

    // As the app's login, inside acme, past everything that this library checks.
    private List<String> raw(String sql) throws SQLException {
        try (Connection connection = app();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(entry.statement(ACME.id().value()));
            List<String> found = new ArrayList<>();
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        found.add(String.valueOf(rows.getString(1)));
                    }
                }
            }
            connection.rollback();
            return found;
        }
    }

    private Connection app() throws SQLException {
        PostgresProperties.Login app = database.login("_app");
        return DriverManager.getConnection(database.properties(1, WAIT).jdbcUrl(), app.username(), app.password());
    }

    private String named(String text) {
        return text.replace("${globex}", GLOBEX.id().toString()).replace("${owner}", database.name + "_owner");
    }

    private static TenantContext tenant() {
        return new TenantContext(new TenantId(UUID.randomUUID()), "growth", Placement.POOL, "local");
    }
}
