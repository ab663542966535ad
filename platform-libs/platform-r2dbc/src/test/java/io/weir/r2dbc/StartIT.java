package io.weir.r2dbc;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a service refuses to start on. Each refusal names the culprit and the cure.
class StartIT {

    private FreshDatabase database;

    @BeforeEach
    void migrated() throws SQLException {
        database = FreshDatabase.create();
        start();
    }

    @Test
    void everythingMayBeRepeated() throws SQLException {
        database.bootstrap();
        assertThatCode(this::start).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ALTER TABLE note NO FORCE ROW LEVEL SECURITY | table public.note | FORCE ROW LEVEL SECURITY",
                "ALTER TABLE note DISABLE ROW LEVEL SECURITY | table public.note | ENABLE ROW LEVEL SECURITY",
                "DROP POLICY note_of_tenant ON note | table public.note has no policy | CREATE POLICY",
                "CREATE POLICY wide ON note USING (true) | public.note has a policy | DROP POLICY",
                "CREATE POLICY wide ON note FOR INSERT TO ${app} WITH CHECK (true) | public.note has a policy | DROP POLICY",
                "CREATE TABLE bare (tenant_id uuid) | table public.bare has a tenant_id | ENABLE ROW LEVEL SECURITY",
                "ALTER ROLE ${app} BYPASSRLS | ${app} bypasses policies | NOBYPASSRLS",
                "ALTER ROLE ${app} SUPERUSER | ${app} bypasses policies | NOSUPERUSER",
                "ALTER ROLE ${platform} BYPASSRLS | ${platform} bypasses policies | NOBYPASSRLS",
                "GRANT ${owner} TO ${app} | ${app} owns public.note or is a member | REVOKE",
                "ALTER TABLE note OWNER TO ${app} | ${app} owns public.note | ALTER TABLE public.note OWNER TO",
                "CREATE VIEW v AS SELECT * FROM note; GRANT SELECT ON v TO ${app} | view public.v | security_invoker",
            })
    void whatCouldShowATenantsRowsIsRefused(String damage, String culprit, String cure) throws SQLException {
        database.asSuperuser(named(damage));
        assertThatThrownBy(this::start)
                .isInstanceOf(UnusableDatabaseException.class)
                .hasMessageContaining(named(culprit))
                .hasMessageContaining(named(cure));
    }

    @Test
    void aWrongPasswordFailsAtOnceAndNamesTheSetting() {
        PostgresProperties right = database.properties(1, Duration.ofSeconds(1));
        PostgresProperties wrong = new PostgresProperties(
                right.host(),
                right.port(),
                right.database(),
                right.app(),
                right.platform(),
                new PostgresProperties.Login(right.migrator().username(), "wrong"),
                right.pool(),
                Duration.ofMinutes(5));
        assertThatThrownBy(() -> new PostgresPools(wrong).start())
                .isInstanceOf(UnusableDatabaseException.class)
                .hasMessageContaining(".password")
                .hasMessageContaining("weir.postgres.migrator.username");
    }

    @Test
    void aDatabaseThatStaysAwayIsSaidSo() {
        PostgresProperties right = database.properties(1, Duration.ofSeconds(1));
        PostgresProperties away = new PostgresProperties(
                right.host(),
                1,
                right.database(),
                right.app(),
                right.platform(),
                right.migrator(),
                right.pool(),
                Duration.ofMillis(600));
        assertThatThrownBy(() -> new PostgresPools(away).start())
                .isInstanceOf(UnusableDatabaseException.class)
                .hasMessageContaining("did not answer")
                .hasMessageContaining("weir.postgres.host");
    }

    private void start() {
        PostgresPools pools = new PostgresPools(database.properties(1, Duration.ofSeconds(3)));
        try {
            pools.start();
        } finally {
            pools.stop();
        }
    }

    private String named(String text) {
        return text.replace("${app}", database.name + "_app")
                .replace("${platform}", database.name + "_platform")
                .replace("${owner}", database.name + "_owner");
    }
}
