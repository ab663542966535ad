package io.weir.orchestration.surface.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.dialect.AnswerIdentity;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatPathSurfaceTests {

    private static final String COMPLETION = "{\"choices\":[{\"message\":{\"content\":\"Hello.\"}}]}";

    private final ChatPathSurface surface = new ChatPathSurface(new ResponsesSurface(() -> Instant.EPOCH));

    private SurfaceRequest read(String body) {
        return surface.read(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String answer(SurfaceRequest request) {
        byte[] completion = COMPLETION.getBytes(StandardCharsets.UTF_8);
        return new String(request.answer(completion, new AnswerIdentity("chatcmpl-1", "m", 0)), StandardCharsets.UTF_8);
    }

    @Test
    void aChatIsAnsweredAsAChat() {
        assertThat(answer(read("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"input\":\"x\"}")))
                .isEqualTo(COMPLETION);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"input\":\"hi\"}",
                "{\"model\":\"gpt-4o\",\"stream_options\":{\"include_usage\":true},\"input\":[{\"role\":\"user\","
                        + "\"content\":\"hi\"}]}",
                // What comes first is no field of a chat.
                "{\"modalities\":[\"audio\"],\"input\":\"hi\"}",
            })
    void whatOnlyTheResponsesApiTakesIsAnsweredInItsForm(String body) {
        SurfaceRequest request = read(body);
        assertThat(new String(request.chat().body(), StandardCharsets.UTF_8)).contains("\"messages\"", "hi");
        assertThat(answer(request)).contains("\"object\":\"response\"", "\"output_text\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "nonsense", "{\"input\":\"hi\",\"messages\":[]}", "{\"input\":\"hi\""})
    void whatIsNeitherIsRefusedAsAChat(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(PlatformException.class)
                .extracting(refused -> String.valueOf(((PlatformException) refused).param()))
                .isIn("messages", "null");
    }
}
