package io.weir.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An error's `type` leads to a page; these are the pages.
class ProblemPagesTests {

    private static final Path PAGES =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../../docs/reference/problems");

    @ParameterizedTest
    @EnumSource
    void everyProblemHasAPageThatNamesItsTitleStatusAndCodeAndSaysWhatToDo(ProblemType type) throws IOException {
        assertThat(Files.readString(PAGES.resolve(type.slug() + ".md")))
                .startsWith("# " + type.title() + "\n")
                .contains("Status " + type.status() + ", code `" + type.code() + "`")
                .contains(
                        switch (type.retry()) {
                            case NEVER -> "`x-should-retry` `false`";
                            case SOON -> "`x-should-retry` `true`";
                            case UNSPECIFIED -> "`x-should-retry` is absent";
                        })
                .contains("## What it means\n", "## What to do\n");
    }

    @Test
    void noPageDescribesAProblemThatDoesNotExist() throws IOException {
        try (Stream<Path> pages = Files.list(PAGES)) {
            assertThat(pages.map(page -> String.valueOf(page.getFileName())))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values())
                            .map(type -> type.slug() + ".md")
                            .toList());
        }
    }
}
