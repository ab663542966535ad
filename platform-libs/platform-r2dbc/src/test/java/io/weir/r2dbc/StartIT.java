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
            quoteCharacter = '`',
            value = {
                "ALTER TABLE note NO FORCE ROW LEVEL SECURITY | [row-security-off] table public.note | FORCE ROW LEVEL SECURITY",
                "CREATE POLICY wide ON note USING (true) | [policy-differs] table public.note has a policy wide | DROP POLICY",
                "CREATE VIEW v AS SELECT * FROM note; GRANT SELECT ON v TO ${app} | [view-with-owners-rights] view public.v | security_invoker",
                "ALTER ROLE ${app} BYPASSRLS | [role-bypasses-policies] role ${app} bypasses policies | NOBYPASSRLS",
                "ALTER ROLE ${platform} BYPASSRLS | [role-bypasses-policies] role ${platform} bypasses policies | NOBYPASSRLS",
                "GRANT ${owner} TO ${app} | [role-is-member] role ${app} is a member of ${owner} | REVOKE",
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
                null,
                null,
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
                null,
                null,
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
                .replace("${mover}", database.name + "_mover")
                .replace("${search}", database.name + "_search_definer")
                .replace("${database}", database.name)
                .replace("${owner}", database.name + "_owner");
    }
}
