package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.r2dbc.migration.MigrationLinter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationTests {

    @ParameterizedTest
    @ValueSource(strings = {"src/main/resources/db/migration", "src/main/resources/db/placed"})
    void noMigrationHarmsThoseWhoUseItsTables(String directory) {
        if (Files.isDirectory(Path.of(directory))) {
            assertThat(MigrationLinter.lint(Path.of(directory))).isEmpty();
        }
        assertThat(Path.of("src/main/resources/db/migration")).isNotEmptyDirectory();
    }
}
