package io.weir.orchestration.surface.messages;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MessageVectorsTests {

    private static final MessagesSurface SURFACE = new MessagesSurface();

    static Stream<Vector> requests() {
        return Vector.of("request").stream();
    }

    static Stream<Vector> answers() {
        return Vector.of("answer").stream();
    }

    static Stream<Vector> streams() {
        return Vector.of("stream").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsPutAsAChatCompletions(Vector vector) {
        assertThat(Vector.pretty(chat(vector.bytes(".in.json")))).isEqualTo(Vector.pretty(vector.json(".out.json")));
    }

    private static JsonNode chat(byte[] body) {
        try {
            return JsonMapper.shared().readTree(SURFACE.read(body).chat().body());
        } catch (PlatformException refused) {
            ObjectNode got = JsonMapper.shared().createObjectNode();
            got.putObject("refused").put("param", refused.param()).put("message", refused.getMessage());
            return got;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void aCompletionIsPutAsAMessage(Vector vector) {
        byte[] message = MessageAnswer.of(vector.bytes(".in.json"), Vector.IDENTITY);
        assertThat(Vector.pretty(JsonMapper.shared().readTree(message)))
                .isEqualTo(Vector.pretty(vector.json(".out.json")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("streams")
    void chunksArePutAsEvents(Vector vector) {
        SurfaceStream stream = new MessageStream(Vector.IDENTITY);
        String events = text(stream.chunks(vector.bytes(".in.sse"))) + text(stream.end());
        assertThat(events).isEqualTo(text(vector.bytes(".out.sse")));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
