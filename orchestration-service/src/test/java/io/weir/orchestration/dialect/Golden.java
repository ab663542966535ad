package io.weir.orchestration.dialect;

import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// One golden vector: files of the same name under `golden/<provider>/<direction>`, written by hand from the
/// providers' documentation.
record Golden(String provider, String direction, String name) {

    static final List<ProviderDialect> DIALECTS =
            List.of(new OpenAiDialect(), new AnthropicDialect(), new GeminiDialect());

    private static final JsonMapper PRETTY = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    /// All vectors of one direction.
    static Stream<Golden> all(String direction) {
        return DIALECTS.stream().flatMap(dialect -> of(dialect.name(), direction).stream());
    }

    static List<Golden> of(String provider, String direction) {
        try (Stream<Path> files = Files.list(directory(provider, direction))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.contains(".in."))
                    .map(file -> new Golden(provider, direction, file.substring(0, file.indexOf(".in."))))
                    .sorted((one, other) -> one.name.compareTo(other.name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory(String provider, String direction) {
        String path = "/golden/" + provider + "/" + direction;
        try {
            return Path.of(
                    Objects.requireNonNull(Golden.class.getResource(path), path).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    ProviderDialect dialect() {
        return DIALECTS.stream()
                .filter(dialect -> dialect.name().equals(provider))
                .findFirst()
                .orElseThrow();
    }

    /// What the answer says of itself where the provider has no such word.
    AnswerIdentity identity() {
        return new AnswerIdentity("chatcmpl-req", "the-model", 1_763_856_000);
    }

    byte[] bytes(String ending) {
        try {
            return Files.readAllBytes(directory(provider, direction).resolve(name + ending));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode json(String ending) {
        return JsonMapper.shared().readTree(bytes(ending));
    }

    /// One value a line, fields in order, so that a difference can be read.
    static String pretty(JsonNode json) {
        return PRETTY.writeValueAsString(json);
    }

    @Override
    public String toString() {
        return provider + "/" + direction + "/" + name;
    }
}
