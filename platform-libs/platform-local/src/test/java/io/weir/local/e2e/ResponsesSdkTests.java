package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.openai.core.ObjectMappers;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseStreamEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The golden answers of the Responses API, read by the model classes of the official SDK for Java.
class ResponsesSdkTests {

    private static final Path GOLDEN = Path.of("../../orchestration-service/src/test/resources/golden/responses");
    private static final JsonMapper SDK = ObjectMappers.jsonMapper();

    static Stream<Path> answers() throws IOException {
        return files("answer", ".out.json");
    }

    static Stream<Path> streams() throws IOException {
        return files("stream", ".out.sse");
    }

    private static Stream<Path> files(String direction, String ending) throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN.resolve(direction))) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyAnswerIsAResponseOfTheSdk(Path file) throws IOException {
        Response response = SDK.readValue(file.toFile(), Response.class).validate();
        assertThat(response.isValid()).isTrue();
        assertThat(response.id()).startsWith("resp_");
        assertThat(response.output())
                .allSatisfy(item -> assertThat(item.isValid()).isTrue());
    }

    @ParameterizedTest
    @MethodSource("streams")
    void everyEventIsAnEventOfTheSdkAndTheyAddUpToTheLast(Path file) throws IOException {
        ResponseAccumulator all = ResponseAccumulator.create();
        ResponseStreamEvent last = null;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("data: ")) {
                last = SDK.readValue(line.substring(6), ResponseStreamEvent.class)
                        .validate();
                assertThat(last.isValid()).as(line).isTrue();
                all.accumulate(last);
            }
        }
        assertThat(last).isNotNull();
        Response whole = Stream.of(
                        last.completed().map(event -> event.response()),
                        last.incomplete().map(event -> event.response()),
                        last.failed().map(event -> event.response()))
                .flatMap(found -> found.stream())
                .findFirst()
                .orElseThrow();
        assertThat(all.response()).isEqualTo(whole);
        assertThat(List.of("completed", "incomplete", "failed"))
                .contains(whole.status().orElseThrow().asString());
    }
}
