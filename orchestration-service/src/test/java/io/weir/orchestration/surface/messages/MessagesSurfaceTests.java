package io.weir.orchestration.surface.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.surface.StreamFailure;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.orchestration.surface.SurfaceStream;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesSurfaceTests {

    private static final MessagesSurface SURFACE = new MessagesSurface();
    private static final String HI =
            "{\"model\":\"m\",\"max_tokens\":7,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private static SurfaceRequest read(String body) {
        return SURFACE.read(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatThePlatformMindsIsKnownOfTheRequest() {
        ChatRequest chat = read(HI.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\""))
                .chat();
        assertThat(chat.model()).isEqualTo("m");
        assertThat(chat.askedLimit()).isEqualTo(7);
        assertThat(chat.stream()).isTrue();
        assertThat(chat.includeUsage()).isTrue();
        assertThat(chat.choices()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "[]", "7", "null", "{\"model\":\"m\"", "{\"max_tokens\":1} x"})
    void whatIsNoJsonObjectIsRefused(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOfSatisfying(PlatformException.class, refused -> {
            assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
            assertThat(refused.getMessage()).startsWith("The body cannot be read as JSON");
        });
    }

    @Test
    void whatIsNestedTooDeeplyIsRefused() {
        String deep = "[".repeat(498) + "]".repeat(498);
        String tool = "\"tools\":[{\"name\":\"f\",\"input_schema\":{\"a\":" + deep + "}}],";
        assertThatThrownBy(() -> read(HI.replace("\"model\"", tool + "\"model\"")))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        refused -> assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST));
    }

    @Test
    void tokensAreCountedWithoutALimit() {
        String body = HI.replace("\"max_tokens\":7,", "");
        assertThat(SURFACE.readForCounting(body.getBytes(StandardCharsets.UTF_8))
                        .askedLimit())
                .isNull();
        assertThatThrownBy(() -> read(body)).hasMessageStartingWith("max_tokens: Field required");
    }

    @ParameterizedTest
    @CsvSource({
        "max_completion_tokens, max_tokens",
        "stop, stop_sequences",
        "'messages[3].content[0].image_url', messages",
        "'tools[2]', tools",
        "response_format, output_config.format",
        "temperature, temperature",
    })
    void aProblemIsNamedAfterTheClientsField(String chat, String own) {
        PlatformException told = read(HI).inOwnWords(PlatformException.invalid(chat, "There is no '" + chat + "' here.")
                .with("tried", 1));
        assertThat(told.param()).isEqualTo(own);
        assertThat(told.getMessage()).isEqualTo("There is no '" + own + "' here.");
        assertThat(told.members()).containsEntry("tried", 1);
    }

    @Test
    void aStreamThatBreaksEndsWithAnErrorAndNothingElse() {
        SurfaceRequest asked = read(HI);
        SurfaceStream stream = asked.stream(Vector.IDENTITY);
        String begun = text(stream.chunks(
                ("data: {\"id\":\"chatcmpl-7\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{"
                                + "\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\"\"}}]}}]}\n\n")
                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(begun).contains("content_block_start", "partial_json").doesNotContain("content_block_stop");
        assertThat(text(asked.failure(new StreamFailure(ProblemType.UPSTREAM_ERROR, "It broke off.", null, "r-1"))))
                .isEqualTo("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                        + "\"message\":\"It broke off.\"},\"request_id\":\"r-1\"}\n\n");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
