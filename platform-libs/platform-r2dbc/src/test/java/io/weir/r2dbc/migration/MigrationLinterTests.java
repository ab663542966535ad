package io.weir.r2dbc.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationLinterTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "volatile-default | ALTER TABLE note ADD COLUMN token uuid DEFAULT gen_random_uuid()",
                "volatile-default | alter table note add column n bigserial",
                "volatile-default | ALTER TABLE note ADD COLUMN n int GENERATED ALWAYS AS IDENTITY",
                "not-null-column | ALTER TABLE note ADD COLUMN lang text NOT NULL",
                "set-not-null | ALTER TABLE note ALTER COLUMN lang SET NOT NULL",
                "index-not-concurrent | CREATE INDEX note_by_lang ON note (tenant_id, lang)",
                "index-not-concurrent | CREATE UNIQUE INDEX ON note (tenant_id, lang)",
                "drop-index-not-concurrent | DROP INDEX note_by_lang",
                "change-type | ALTER TABLE note ALTER COLUMN note_id TYPE bigint",
                "change-type | ALTER TABLE note ALTER note_id SET DATA TYPE bigint",
                "rename | ALTER TABLE note RENAME COLUMN text TO body",
                "rename | ALTER TABLE note RENAME TO notes",
                "drop-in-expand | ALTER TABLE note DROP COLUMN text",
                "drop-in-expand | DROP TABLE note",
                "constraint-at-once | ALTER TABLE note ADD CONSTRAINT short CHECK (length(text) < 10)",
                "constraint-at-once | ALTER TABLE note ADD FOREIGN KEY (tenant_id) REFERENCES tenant",
                "constraint-at-once | ALTER TABLE note ADD PRIMARY KEY (tenant_id, note_id)",
                "lock-table | LOCK TABLE note IN EXCLUSIVE MODE",
                "whole-table-write | UPDATE note SET text = 'x'",
                "whole-table-write | DELETE FROM note",
                "whole-table-write | TRUNCATE note",
                "rewrite | VACUUM FULL note",
                "rewrite | ALTER TABLE note SET UNLOGGED",
                "transaction-control | COMMIT",
                "setting | SET lock_timeout = 0",
                "opaque | DO $$ BEGIN PERFORM 1; END $$",
            })
    void namesWhatMustNotRun(String rule, String sql) {
        assertThat(slugs(sql)).containsExactly(rule);
        assertThat(MigrationLinter.kind(sql)).isEqualTo(MigrationLinter.Kind.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE note ADD COLUMN lang text",
                "ALTER TABLE note ADD COLUMN lang text NOT NULL DEFAULT 'en'",
                "ALTER TABLE note ADD COLUMN at timestamptz DEFAULT now()",
                "ALTER TABLE note ALTER COLUMN lang SET DEFAULT gen_random_uuid()",
                "ALTER TABLE note ADD CONSTRAINT short CHECK (length(text) < 10) NOT VALID",
                "ALTER TABLE note ADD CONSTRAINT key UNIQUE USING INDEX note_key",
                "ALTER TABLE note VALIDATE CONSTRAINT short",
                "ALTER TABLE note VALIDATE CONSTRAINT there; ALTER TABLE note ALTER COLUMN lang SET NOT NULL",
                "ALTER TABLE note RENAME CONSTRAINT a TO b",
                "ALTER TABLE note DROP CONSTRAINT short",
                "ALTER TABLE note ALTER COLUMN lang DROP NOT NULL",
                "UPDATE plan SET name = 'Free' WHERE plan_key = 'free'",
                "INSERT INTO plan VALUES ('UPDATE note SET x = 1; DROP TABLE note')",
                "CREATE TABLE label (id int); CREATE INDEX ON label (id); ALTER TABLE label ADD PRIMARY KEY (id);"
                        + " UPDATE label SET id = 1",
                "CREATE TABLE IF NOT EXISTS label (id int); CREATE INDEX label_by_id ON label (id)",
                "-- ALTER TABLE note DROP COLUMN text\nSELECT 1",
                "/* DROP TABLE note; */ SELECT 1",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $body$ UPDATE note SET text = ''; SELECT 1 $body$",
                "GRANT UPDATE ON note TO app",
                "CREATE POLICY p ON note USING (true)",
            })
    void leavesTheRestAlone(String sql) {
        assertThat(MigrationLinter.lint("V002__x.sql", sql)).isEmpty();
        assertThat(MigrationLinter.kind(sql)).isEqualTo(MigrationLinter.Kind.ONLINE);
    }

    @Test
    void anIndexBuiltConcurrentlyStandsAlone() {
        String index = "CREATE INDEX CONCURRENTLY note_by_lang ON note (tenant_id, lang)";
        assertThat(slugs(index + ";")).isEmpty();
        assertThat(MigrationLinter.kind(index)).isEqualTo(MigrationLinter.Kind.CONCURRENT);
        assertThat(slugs("ALTER TABLE note ADD COLUMN lang text; " + index)).containsExactly("concurrent-not-alone");
    }

    @Test
    void aConstraintIsNotValidatedWhereItIsAdded() {
        assertThat(slugs("ALTER TABLE note ADD CONSTRAINT short CHECK (true) NOT VALID;"
                        + " ALTER TABLE note VALIDATE CONSTRAINT short"))
                .containsExactly("validated-with-add");
    }

    @Test
    void theContractPhaseMayDrop() {
        String drop = "ALTER TABLE note DROP COLUMN text";
        assertThat(MigrationLinter.lint("V007__contract_text.sql", drop)).isEmpty();
        assertThat(slugs("-- weir:phase contract\n" + drop)).isEmpty();
        assertThat(slugs("-- weir:phase expand\n" + drop)).containsExactly("drop-in-expand");
    }

    @Test
    void anExceptionNeedsAReasonAndHoldsForOneStatement() {
        String update = "UPDATE plan SET rank = 1;\n";
        assertThat(slugs("-- weir:allow whole-table-write: four rows\n" + update))
                .isEmpty();
        assertThat(slugs("-- weir:allow whole-table-write:\n" + update)).containsExactly("whole-table-write");
        assertThat(slugs("-- weir:allow lock-table: four rows\n" + update)).containsExactly("whole-table-write");
        assertThat(slugs("-- weir:allow whole-table-write: four rows\n" + update + update))
                .containsExactly("whole-table-write");
        assertThat(slugs("-- weir:allow-in-file whole-table-write: no rows yet\n" + update + update))
                .isEmpty();
    }

    @Test
    void aFindingSaysWhereWhyAndWhatToWriteInstead(@TempDir Path directory) throws IOException {
        Files.writeString(
                directory.resolve("V002__lang.sql"), "-- first\n\nSELECT 1;\nCREATE INDEX i ON note (lang);\n");
        assertThat(MigrationLinter.lint(directory))
                .singleElement()
                .asString()
                .satisfies(text -> assertThat(text)
                        .startsWith("V002__lang.sql:4: index-not-concurrent: CREATE INDEX I ON NOTE (LANG)")
                        .contains("keeps writers out")
                        .contains("CREATE INDEX CONCURRENTLY, alone in its file")
                        .contains("-- weir:allow index-not-concurrent:"));
    }

    private static List<String> slugs(String sql) {
        return MigrationLinter.lint("V002__x.sql", sql).stream()
                .map(finding -> finding.rule().slug())
                .toList();
    }
}
