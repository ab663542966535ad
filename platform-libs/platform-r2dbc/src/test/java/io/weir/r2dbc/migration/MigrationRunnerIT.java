package io.weir.r2dbc.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationRunnerIT {

    private static final List<String> EXPAND =
            List.of("V001__labels.sql", "V002__lang.sql", "V003__label_by_lang.sql", "V005__size.sql");

    private FleetDatabase database;
    private MigrationTarget target;
    private final MigrationRunner runner = new MigrationRunner(MigrationOptions.defaults(), new Random(7));

    @BeforeEach
    void create() throws SQLException {
        database = new FleetDatabase();
        target = database.schema("tenant_acme", "fleet/labels");
    }

    @Test
    void runsWhatExpandsAndLeavesWhatContractsUntilTold() throws SQLException {
        assertThat(runner.pending(target)).isEqualTo(EXPAND);
        assertThat(runner.run(target)).isEqualTo(EXPAND);
        assertThat(runner.run(target)).isEmpty();
        assertThat(columns()).isEqualTo("label_id,text,lang,size");
        MigrationRunner contracting =
                new MigrationRunner(MigrationOptions.defaults().withContract(), new Random(7));
        assertThat(contracting.run(target)).containsExactly("V004__drop_text.sql");
        assertThat(columns()).isEqualTo("label_id,lang,size");
        assertThat(runner.run(target)).isEmpty();
    }

    // What the old version does and what the new one does, both before the contract phase.
    @Test
    void oldAndNewVersionsWorkAgainstTheMiddleState() throws SQLException {
        runner.run(target);
        database.run(
                "INSERT INTO tenant_acme.label (label_id, text) VALUES (1, 'old')",
                "INSERT INTO tenant_acme.label (label_id, text, lang) VALUES (2, 'new', 'en')",
                "UPDATE tenant_acme.label SET text = text || '!'");
        assertThat(database.one("SELECT string_agg(text, ',' ORDER BY label_id) FROM tenant_acme.label"))
                .isEqualTo("old!,new!");
        assertThat(database.one("SELECT count(lang) FROM tenant_acme.label")).isEqualTo("1");
    }

    @Test
    void givesWayToALongReaderAndLetsOthersPassMeanwhile() throws Exception {
        database.run("CREATE TABLE tenant_acme.label (label_id int PRIMARY KEY, text text NOT NULL)");
        markRun("V001__labels.sql");
        try (Connection reader = database.connect();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM tenant_acme.label");
            CompletableFuture<List<String>> migration = CompletableFuture.supplyAsync(() -> runner.run(target));
            long longest = 0;
            for (int i = 0; i < 30; i++) {
                long began = System.nanoTime();
                database.one("SELECT count(*) FROM tenant_acme.label");
                longest = Math.max(longest, System.nanoTime() - began);
            }
            assertThat(migration).isNotDone();
            // Behind a waiting ALTER without a timeout they would stand until the reader ends, which is never.
            assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofSeconds(10));
            reader.rollback();
            assertThat(migration.get(60, TimeUnit.SECONDS)).contains("V002__lang.sql");
        }
    }

    @Test
    void afterItsAttemptsItFailsNamingThePlaceAndChangesNothing() throws SQLException {
        database.run("CREATE TABLE tenant_acme.label (label_id int PRIMARY KEY, text text NOT NULL)");
        markRun("V001__labels.sql");
        MigrationRunner hasty = new MigrationRunner(
                new MigrationOptions(Duration.ofMillis(200), 2, Duration.ofMillis(1), false), new Random(7));
        try (Connection reader = database.connect();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM tenant_acme.label");
            assertThatThrownBy(() -> hasty.run(target))
                    .isInstanceOf(MigrationFailedException.class)
                    .hasMessageContaining("home/tenant_acme")
                    .hasMessageContaining("lock timeout");
        }
        assertThat(columns()).isEqualTo("label_id,text");
        assertThat(hasty.run(target)).contains("V002__lang.sql");
    }

    @Test
    void aMigrationThatFailsHalfWayIsRolledBackWhole() throws SQLException {
        MigrationTarget broken = database.schema("tenant_bad", "fleet/broken");
        assertThatThrownBy(() -> runner.run(broken))
                .isInstanceOf(MigrationFailedException.class)
                .hasMessageContaining("already exists");
        assertThat(database.one("SELECT string_agg(column_name, ',') FROM information_schema.columns"
                        + " WHERE table_schema = 'tenant_bad' AND table_name = 'label'"))
                .isEqualTo("label_id");
    }

    @Test
    void anInterruptedIndexBuildIsRemovedAndBuiltAgain() throws SQLException {
        database.run(
                "CREATE TABLE tenant_acme.label (label_id int, text text NOT NULL, lang text)",
                "INSERT INTO tenant_acme.label VALUES (1, 'a', 'en'), (2, 'b', 'en')");
        markRun("V001__labels.sql", "V002__lang.sql");
        assertThatThrownBy(() ->
                        database.run("CREATE UNIQUE INDEX CONCURRENTLY label_by_lang ON tenant_acme.label (lang)"))
                .hasMessageContaining("label_by_lang");
        assertThat(indexIsValid()).isEqualTo("f");
        assertThat(runner.run(target)).startsWith("V003__label_by_lang.sql");
        assertThat(indexIsValid()).isEqualTo("t");
    }

    @Test
    void aConcurrentBuildThatFailsCanBeRepeated() throws SQLException {
        database.run("CREATE TABLE tenant_acme.label (label_id int, text text NOT NULL)");
        markRun("V001__labels.sql", "V002__lang.sql");
        assertThatThrownBy(() -> runner.run(target)).hasMessageContaining("lang");
        database.run("ALTER TABLE tenant_acme.label ADD COLUMN lang text");
        assertThat(runner.run(target)).startsWith("V003__label_by_lang.sql");
    }

    @Test
    void everySchemaHasItsOwnHistory() throws SQLException {
        MigrationTarget other = database.schema("tenant_globex", "fleet/labels");
        runner.run(target);
        assertThat(runner.pending(other)).isEqualTo(EXPAND);
        assertThatCode(() -> runner.run(other)).doesNotThrowAnyException();
    }

    private String columns() throws SQLException {
        return database.one("SELECT string_agg(column_name, ',' ORDER BY ordinal_position)"
                + " FROM information_schema.columns WHERE table_schema = 'tenant_acme' AND table_name = 'label'");
    }

    private String indexIsValid() throws SQLException {
        return database.one("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tenant_acme.label_by_lang'::regclass");
    }

    /// Writes the history as if these had run.
    private void markRun(String... scripts) throws SQLException {
        FleetDatabase elsewhere = new FleetDatabase();
        MigrationTarget twin = elsewhere.schema("tenant_acme", "fleet/labels");
        runner.run(twin);
        database.run("CREATE TABLE tenant_acme.label_history (installed_rank int PRIMARY KEY, version varchar(50),"
                + " description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,"
                + " checksum int, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),"
                + " execution_time int NOT NULL, success boolean NOT NULL)");
        for (String script : scripts) {
            database.run(elsewhere.one("SELECT format('INSERT INTO tenant_acme.label_history VALUES"
                    + " (%s, %L, %L, %L, %L, %s, %L, now(), 1, true)', installed_rank, version, description, type,"
                    + " script, checksum, installed_by) FROM tenant_acme.label_history WHERE script = '" + script
                    + "'"));
        }
    }
}
