package io.weir.orchestration.surface.completions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Files of the same name under `golden/completions/<direction>`.
class CompletionsVectorsTests {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path GOLDEN = Path.of("src/test/resources/golden/completions");
    private static final AnswerIdentity IDENTITY = new AnswerIdentity("chatcmpl-req", "the-model", 7);

    private static Stream<String> all(String direction) throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN.resolve(direction))) {
            return files
                    .map(file -> direction + "/" + file.getFileName())
                    .filter(file -> file.endsWith(".in.json"))
                    .map(file -> file.substring(0, file.length() - ".in.json".length()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static Stream<String> requests() throws IOException {
        return all("request");
    }

    static Stream<String> answers() throws IOException {
        return all("answer");
    }

    static Stream<String> streams() throws IOException {
        return all("stream");
    }

    private static byte[] bytes(String name, String ending) throws IOException {
        return Files.readAllBytes(GOLDEN.resolve(name + ending));
    }

    private static JsonNode json(String name, String ending) throws IOException {
        return JSON.readTree(bytes(name, ending));
    }

    private static CompletionRequest request(String name) throws IOException {
        JsonNode request = json(name, ".in.json").path("request");
        return CompletionReader.read(JSON.writeValueAsBytes(request));
    }

    @Test
    void eachDirectionHasItsVectors() throws IOException {
        assertThat(requests()).hasSizeGreaterThanOrEqualTo(20);
        assertThat(answers()).hasSizeGreaterThanOrEqualTo(6);
        assertThat(streams()).hasSizeGreaterThanOrEqualTo(6);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsPutIntoTheFormOfChatsOrRefusedByItsOwnName(String name) throws IOException {
        JsonNode expected = json(name, ".out.json");
        byte[] body = bytes(name, ".in.json");
        if (!expected.has("refused")) {
            assertThat(JSON.readTree(CompletionReader.read(body).chat().body())).isEqualTo(expected);
            return;
        }
        PlatformException refused = catchThrowableOfType(PlatformException.class, () -> CompletionReader.read(body));
        assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        String param = expected.at("/refused/param").asString();
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused).hasMessageContaining("'" + param + "'");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void anAnswerIsText(String name) throws IOException {
        byte[] completion = JSON.writeValueAsBytes(json(name, ".in.json").path("completion"));
        assertThat(JSON.readTree(request(name).answer(completion, IDENTITY))).isEqualTo(json(name, ".out.json"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void aStreamIsChunksOfTextWhereverItIsCut(String name) throws IOException {
        byte[] sse = bytes(name, ".in.sse");
        String whole = events(name, List.of(sse));
        assertThat(frames(whole)).isEqualTo(frames(new String(bytes(name, ".out.sse"), StandardCharsets.UTF_8)));
        List<byte[]> cut = new ArrayList<>();
        for (byte one : sse) {
            cut.add(new byte[] {one});
        }
        assertThat(events(name, cut)).isEqualTo(whole);
    }

    private static String events(String name, List<byte[]> reads) throws IOException {
        CompletionRequest request = request(name);
        SurfaceStream stream = request.stream(IDENTITY);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reads.forEach(read -> out.writeBytes(stream.chunks(read)));
        JsonNode failure = json(name, ".in.json").path("failure");
        if (failure.isMissingNode()) {
            out.writeBytes(stream.end());
        } else {
            out.writeBytes(request.failure(new StreamFailure(
                    ProblemType.valueOf(failure.path("type").asString()),
                    failure.path("message").asString(),
                    null,
                    failure.path("requestId").asString())));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<Object> frames(String sse) {
        return Stream.of(sse.split("\n\n"))
                .map(frame -> frame.substring("data: ".length()))
                .map(data -> data.equals("[DONE]") ? (Object) data : JSON.readTree(data))
                .toList();
    }
}
