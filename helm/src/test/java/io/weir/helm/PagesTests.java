package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is said to operators: the pages, and the notes after an installation.
class PagesTests {

    private static final Pattern REFERENCE =
            Pattern.compile("see helm/(README|UPGRADING)\\.md(?:, ([A-Z][A-Za-z ]+))?\"");

    @Test
    void everySectionThatASentenceNamesIsThere() throws IOException {
        Matcher reference = REFERENCE.matcher(Files.readString(Chart.DIRECTORY.resolve("templates/_checks.tpl")));
        int found = 0;
        while (reference.find()) {
            found++;
            String page = Files.readString(Path.of(reference.group(1) + ".md"));
            if (reference.group(2) != null) {
                assertThat(page).contains("\n## " + reference.group(2) + "\n");
            }
        }
        assertThat(found).isGreaterThan(20);
    }

    @Test
    void everyValueIsOnThePage() throws IOException {
        String page = Files.readString(Path.of("README.md"));
        JsonNode values =
                new YAMLMapper().readTree(Chart.DIRECTORY.resolve("values.yaml").toFile());
        Set<String> missing = new TreeSet<>();
        values.fieldNames().forEachRemaining(name -> {
            if (!page.contains("`" + name + "`")) {
                missing.add(name);
            }
        });
        assertThat(missing).isEmpty();
    }

    @Test
    void theNotesSayLoudlyWhatAnEvaluationIs() {
        assertThat(Chart.plain().notes())
                .contains("THIS IS AN EVALUATION. IT IS NOT MADE FOR PRODUCTION")
                .contains("get secret weir-admin-key")
                .contains("helm test weir -n weir-system")
                .contains("/v1/chat/completions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "medium", "large"})
    void aRealPlatformsNotesDoNot(String profile) {
        assertThat(Chart.profile(profile).notes()).doesNotContain("EVALUATION").doesNotContain("WARNING");
    }

    @Test
    void theNotesWarnOfWhatIsLeftOpen() {
        assertThat(new Chart(
                                "weir",
                                "small",
                                "networkPolicy: {enabled: false}\n"
                                        + "external: {postgres: {tls: {mode: disable}}, kafka: {tls: {enabled: false}}}")
                        .notes())
                .contains("network policies are off")
                .contains("connections to Postgres are not encrypted")
                .contains("connections to Kafka are not encrypted");
    }
}
