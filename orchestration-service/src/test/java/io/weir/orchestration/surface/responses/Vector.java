package io.weir.orchestration.surface.responses;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// One golden vector: files of the same name under `golden/responses/<direction>`.
record Vector(String direction, String name) {

    static final long AT = 1_763_856_000;

    private static final JsonMapper PRETTY = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();
    private static final AnswerIdentity IDENTITY = new AnswerIdentity("chatcmpl-req", "the-model", 7);

    static Stream<Vector> all(String direction) {
        try (Stream<Path> files = Files.list(directory(direction))) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".in.json"))
                    .map(file -> new Vector(direction, file.substring(0, file.indexOf(".in."))))
                    .sorted((one, other) -> one.name.compareTo(other.name))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory(String direction) {
        String path = "/golden/responses/" + direction;
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

    /// Of an answer or a stream.
    ResponsesRequest request() {
        return RequestReader.read(
                json(".in.json").path("request").toString().getBytes(StandardCharsets.UTF_8), null, AT);
    }

    byte[] answer() {
        byte[] completion = json(".in.json").path("completion").toString().getBytes(StandardCharsets.UTF_8);
        return request().answer(completion, IDENTITY);
    }

    /// The whole stream of events.
    ///
    /// @param reads the chunks, cut anywhere
    byte[] events(Iterable<byte[]> reads) {
        SurfaceStream stream = request().stream(IDENTITY);
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        reads.forEach(read -> events.writeBytes(stream.chunks(read)));
        JsonNode failure = json(".in.json").path("failure");
        events.writeBytes(
                failure.isMissingNode()
                        ? stream.end()
                        : stream.failure(failure(failure)).orElseThrow());
        return events.toByteArray();
    }

    private static StreamFailure failure(JsonNode json) {
        return new StreamFailure(
                ProblemType.valueOf(json.path("type").asString()),
                json.path("message").asString(),
                json.path("param").asString(null),
                json.path("requestId").asString());
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
