package io.weir.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantStatementsTests {

    private static final Set<String> TABLES = Set.of("note", "note_tag");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sql(\"SELECT * FROM note WHERE note_id = :id\")",
                "sql(\"SELECT * FROM public.note\")",
                "sql(\"UPDATE note SET text = 'x' WHERE note_id = :id\")",
                "sql(\"DELETE FROM note\")",
                "sql(\"INSERT INTO note (note_id) VALUES (:id)\")",
                "sql(\"SELECT * FROM\" + \" note n WHERE n.note_id = 1\")",
                "sql(\"\"\"\n  SELECT *\n  FROM note n JOIN note_tag t ON n.note_id = t.note_id\n  WHERE n.tenant_id = :tenant\"\"\")",
                "String tenant_id; sql(\"SELECT * FROM note\" + columns + \" WHERE 1 = 1\")",
                "// tenant_id\n sql(\"SELECT * FROM note\")",
            })
    void aStatementWithoutTheTenantIsRefused(String source) {
        assertThat(TenantStatements.wrong("A.java", source, TABLES, Map.of())).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sql(\"SELECT * FROM note WHERE tenant_id = :tenant\")",
                "sql(\"SELECT * FROM note\" + \" WHERE tenant_id = :tenant\")",
                "sql(\"INSERT INTO note (tenant_id, note_id) VALUES (:tenant, :id)\")",
                "sql(\"SELECT 1 FROM note n JOIN note_tag t ON t.tenant_id = n.tenant_id WHERE n.tenant_id = :tenant\")",
                "sql(\"SELECT * FROM plan\")",
                "sql(\"SELECT * FROM notes\")",
                "sql(\"SELECT * FROM note /* platform: counts what is open */\")",
                "String OF = \" WHERE tenant_id = :t\"; sql(\"SELECT * FROM note\" + OF)",
                "PlatformTransaction p; sql(\"SELECT * FROM note\")",
                "log(\"a note\")",
            })
    void aStatementThatNamesTheTenantIsAccepted(String source) {
        assertThat(TenantStatements.wrong("A.java", source, TABLES, Map.of())).isEmpty();
    }

    @Test
    void aModuleIsCheckedByItsMigrationsAndSources(@TempDir Path module) throws IOException {
        Path migrations = Files.createDirectories(module.resolve("src/main/resources/db/migration"));
        Path sources = Files.createDirectories(module.resolve("src/main/java"));
        Files.writeString(migrations.resolve("V001__plan.sql"), "CREATE TABLE plan (\n  plan_key text\n);");
        assertThatThrownBy(() -> TenantStatements.check(module)).hasMessageContaining("no table with a tenant_id");
        Files.writeString(migrations.resolve("V002__note.sql"), "CREATE TABLE note (\n  tenant_id uuid NOT NULL\n);");
        TenantStatements.check(module);
        Files.writeString(sources.resolve("Notes.java"), "class Notes { String all = \"SELECT * FROM note\"; }");
        assertThatThrownBy(() -> TenantStatements.check(module))
                .hasMessageContaining("Notes.java: note: SELECT * FROM note");
    }
}
