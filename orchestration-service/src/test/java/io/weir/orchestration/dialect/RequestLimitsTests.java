package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import io.weir.orchestration.surface.Surface;
import io.weir.orchestration.surface.messages.MessagesSurface;
import io.weir.orchestration.surface.responses.ChatPathSurface;
import io.weir.orchestration.surface.responses.ResponsesSurface;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a request may be made of, whichever API it comes by.
class RequestLimitsTests {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
    private static final Surface RESPONSES = new ResponsesSurface(CLOCK);
    private static final List<ProviderDialect> OTHERS = List.of(new AnthropicDialect(), new GeminiDialect());

    private static Surface surface(String api) {
        return switch (api) {
            case "messages" -> new MessagesSurface();
            case "responses" -> RESPONSES;
            default -> new ChatPathSurface(RESPONSES);
        };
    }

    /// A whole request of that API, with a tool whose schema is given.
    private static byte[] asking(String api, String more, String schema) {
        String fields = switch (api) {
            case "messages" ->
                "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                        + "\"tools\":[{\"name\":\"f\",\"input_schema\":SCHEMA}]";
            case "responses" ->
                "\"input\":\"hi\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":SCHEMA}]";
            default ->
                "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":SCHEMA}}]";
        };
        return ("{\"model\":\"m\"," + more + fields.replace("SCHEMA", schema) + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static String deep(int levels) {
        return "{\"a\":".repeat(levels) + "{}" + "}".repeat(levels);
    }

    private static void refused(String api, byte[] body) {
        assertThatThrownBy(() -> surface(api).read(body))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "messages", "responses"})
    void moreValuesThanAnyConversationHasAreRefused(String api) {
        String many = "\"x\":[" + "{},".repeat(200_000) + "1],";
        refused(api, asking(api, many, "{}"));
        assertThat(surface(api)
                        .read(asking(api, "\"x\":[" + "{},".repeat(1_000) + "1],", "{}"))
                        .chat()
                        .model())
                .isEqualTo("m");
    }

    /// Up to where it is refused, each can be told to every provider and repeated to its client.
    @ParameterizedTest
    @CsvSource({"chat", "messages", "responses"})
    void whatIsTakenCanBeWrittenForEveryProvider(String api) {
        boolean taken = false;
        for (int levels = 385; levels < 405; levels++) {
            byte[] body = asking(api, "", deep(levels));
            try {
                ChatRequest chat = surface(api).read(body).chat();
                taken = true;
                for (ProviderDialect dialect : OTHERS) {
                    Lack.settle(dialect.lacks(chat), true);
                    assertThat(dialect.chat(chat, "m", 9).body()).isNotEmpty();
                }
            } catch (PlatformException refused) {
                assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
                assertThat(levels).isGreaterThan(390);
            }
        }
        assertThat(taken).isTrue();
        refused(api, asking(api, "", deep(496)));
    }

    @Test
    void argumentsOfTooManyLevelsAreRefusedWhereTheyMustStandWithinTheRequest() {
        String arguments = "[".repeat(497) + "]".repeat(497);
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\","
                + "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                + "\"arguments\":\"{\\\"a\\\":" + arguments + "}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"{\\\"a\\\":" + arguments + "}\"}]}";
        ChatRequest chat = ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
        for (ProviderDialect dialect : OTHERS) {
            List<Lack> lacks = dialect.lacks(chat);
            assertThatThrownBy(() -> Lack.settle(lacks, true))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("messages[1].tool_calls[0].function.arguments");
        }
    }

    @Test
    void aToolsResultOfTooManyLevelsStaysText() {
        String deep = "[".repeat(497) + "]".repeat(497);
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\","
                + "\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                + "\"arguments\":\"{}\"}}]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":\"{\\\"a\\\":" + deep + "}\"}]}";
        ChatRequest chat = ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
        String sent = new String(new GeminiDialect().chat(chat, "m", 9).body(), StandardCharsets.UTF_8);
        assertThat(sent).contains("\"result\":\"{\\\"a\\\":[[");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"prediction\":{\"type\":\"content\",\"content\":\"x\"},|prediction",
                "\"prediction\":null,|null",
            })
    void aPredictionIsRefusedSinceNoLimitBoundsIt(String field, String param) {
        byte[] body = asking("chat", field, "{}");
        if (param.equals("null")) {
            assertThat(ChatRequestReader.read(body).model()).isEqualTo("m");
        } else {
            assertThatThrownBy(() -> ChatRequestReader.read(body))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            problem -> assertThat(problem.param()).isEqualTo(param));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"role\":\"user\",\"role\":\"system\",\"content\":\"a\"}|messages[0].role",
                "{\"role\":\"user\",\"content\":\"a\",\"content\":null}|messages[0].content",
                "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"type\":\"text\",\"text\":\"a\"}]}"
                        + "|messages[0].content[0].type",
            })
    void whatTwoReadersOfAMessageCouldTakeDifferentlyIsRefused(String message, String param) {
        byte[] body = ("{\"model\":\"m\",\"messages\":[" + message + "]}").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ChatRequestReader.read(body))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.param()).isEqualTo(param));
    }
}
