package io.weir.orchestration.surface.responses;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ResponsesVectorsTests {

    private static final JsonMapper JSON = JsonMapper.shared();

    static Stream<Vector> requests() {
        return Vector.all("request");
    }

    static Stream<Vector> answers() {
        return Vector.all("answer");
    }

    static Stream<Vector> streams() {
        return Vector.all("stream");
    }

    @Test
    void eachDirectionHasItsVectors() {
        assertThat(requests()).hasSizeGreaterThanOrEqualTo(20);
        assertThat(answers()).hasSizeGreaterThanOrEqualTo(18);
        assertThat(streams()).hasSizeGreaterThanOrEqualTo(20);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsPutIntoTheFormOfChats(Vector vector) {
        ResponsesRequest request = RequestReader.read(vector.bytes(".in.json"), null, Vector.AT);
        assertThat(Vector.pretty(JSON.readTree(request.chat().body())))
                .isEqualTo(Vector.pretty(vector.json(".out.json")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void anAnswerIsAWholeResponse(Vector vector) {
        assertThat(Vector.pretty(JSON.readTree(vector.answer()))).isEqualTo(Vector.pretty(vector.json(".out.json")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void aStreamIsTypedEventsInTheirOrder(Vector vector) {
        byte[] events = vector.events(List.of(vector.bytes(".in.sse")));
        assertThat(lines(events)).isEqualTo(lines(vector.bytes(".out.sse")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void eventsAreNumberedAndNamedByTheirTypeAndTheLastOneIsTheResponse(Vector vector) {
        String events = new String(vector.events(List.of(vector.bytes(".in.sse"))), StandardCharsets.UTF_8);
        int number = 0;
        String last = "";
        for (String frame : events.split("\n\n")) {
            String[] lines = frame.split("\n");
            assertThat(lines).hasSize(2);
            JsonNode event = JSON.readTree(lines[1].substring("data: ".length()));
            last = event.path("type").asString();
            assertThat(lines[0]).isEqualTo("event: " + last);
            assertThat(event.path("sequence_number").asInt(-1)).isEqualTo(number++);
        }
        assertThat(last).isIn("response.completed", "response.incomplete", "response.failed");
    }

    // One event a line, its fields in order.
    private static String lines(byte[] sse) {
        return Arrays.stream(new String(sse, StandardCharsets.UTF_8).split("\n\n"))
                .filter(frame -> !frame.isBlank())
                .map(frame -> Vector.pretty(JSON.readTree(frame.substring(frame.indexOf("data: ") + 6)))
                        .replaceAll("\\s*\n\\s*", " "))
                .collect(Collectors.joining("\n"));
    }
}
