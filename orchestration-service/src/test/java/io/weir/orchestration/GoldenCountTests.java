package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// How many golden vectors there are: what goes in, and what must come out, of one name.
class GoldenCountTests {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @Test
    void atLeast120VectorsHoldTheDialectsToTheirForms() throws IOException {
        Map<String, Set<String>> vectors = new TreeMap<>();
        try (Stream<Path> files = Files.walk(GOLDEN)) {
            files.map(file -> GOLDEN.relativize(file).toString())
                    .filter(file -> file.contains(".in."))
                    .map(file -> file.substring(0, file.indexOf(".in.")))
                    .forEach(name -> vectors.computeIfAbsent(
                                    name.substring(0, name.lastIndexOf('/')), directory -> new TreeSet<>())
                            .add(name));
        }
        int all = vectors.values().stream().mapToInt(Set::size).sum();
        StringBuilder told = new StringBuilder();
        vectors.forEach((direction, names) -> told.append(' ')
                .append(direction)
                .append(' ')
                .append(names.size())
                .append(','));
        LoggerFactory.getLogger(GoldenCountTests.class).info("measured: {} golden vectors:{}", all, told);
        assertThat(all).isGreaterThanOrEqualTo(120);
        assertThat(vectors.keySet())
                .contains("openai/request", "openai/stream", "anthropic/answer", "gemini/stream")
                .contains("messages/request", "responses/stream", "completions/answer");
    }
}
