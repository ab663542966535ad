package io.weir.orchestration.surface.messages;

import io.weir.orchestration.dialect.AnswerIdentity;
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

/// One golden vector: files of the same name under `golden/messages/<direction>`, written by hand from Anthropic's
/// documentation; what comes in, and what it becomes.
record Vector(String direction, String name) {

    static final AnswerIdentity IDENTITY = new AnswerIdentity("chatcmpl-req", "the-model", 1_763_856_000);

    private static final JsonMapper PRETTY = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    static List<Vector> of(String direction) {
        try (Stream<Path> files = Files.list(directory(direction))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.contains(".in."))
                    .map(file -> new Vector(direction, file.substring(0, file.indexOf(".in."))))
                    .sorted((one, other) -> one.name.compareTo(other.name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory(String direction) {
        String path = "/golden/messages/" + direction;
        try {
            return Path.of(
                    Objects.requireNonNull(Vector.class.getResource(path), path).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] bytes(String ending) {
        try {
            return Files.readAllBytes(directory(direction).resolve(name + ending));
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
        return direction + "/" + name;
    }
}
