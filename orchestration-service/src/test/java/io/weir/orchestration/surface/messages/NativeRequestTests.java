package io.weir.orchestration.surface.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.dialect.ChatRequest;
import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.OpenAiDialect;
import io.weir.orchestration.dialect.ProviderDialect;
import io.weir.orchestration.dialect.anthropic.AnthropicDialect;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests on their way to Anthropic itself.
class NativeRequestTests {

    private static final ProviderDialect ANTHROPIC = new AnthropicDialect();

    private static final String MARKED =
            "\"system\": [{\"type\":\"text\",\"text\":\"B\\u00fcch\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"1h\"}}]";
    private static final String TURNS = "\"messages\" : [ {\"role\":\"user\",\"content\":\"Hi\"},"
            + "{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"Hm\",\"signature\":\"c2ln\"},"
            + "{\"type\":\"text\",\"text\":\"Yo\"}]},{\"role\":\"user\",\"content\":\"Go\"} ]";
    private static final String THOUGHTS =
            "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},\"temperature\":1.00,\"top_p\":0.95";

    private static ChatRequest read(String body) {
        return new MessagesSurface().read(body.getBytes(StandardCharsets.UTF_8)).chat();
    }

    private static String sent(ChatRequest request, ProviderDialect dialect) {
        return new String(dialect.chat(request, "claude-x", 900).body(), StandardCharsets.UTF_8);
    }

    @Test
    void fieldsPassByteForByteExceptForModelAndLimit() {
        ChatRequest request = read("{ \"model\":\"claude\", " + MARKED + " ,\"max_tokens\":2000, " + TURNS + ",\n"
                + THOUGHTS + ",\"stream\":true,\"provider\":{\"sort\":\"price\"},\"x_future\":[1] }");
        assertThat(request.isNativeTo(ANTHROPIC)).isTrue();
        assertThat(ANTHROPIC.lacks(request)).isEmpty();
        assertThat(sent(request, ANTHROPIC))
                .isEqualTo("{\"model\":\"claude-x\",\"max_tokens\":900," + MARKED + "," + TURNS + "," + THOUGHTS
                        + ",\"stream\":true}");
    }

    @Test
    void otherProvidersAreSentAChatCompletion() {
        ChatRequest request = read("{\"model\":\"m\",\"max_tokens\":2000," + MARKED + "," + TURNS + "}");
        assertThat(request.isNativeTo(new OpenAiDialect())).isFalse();
        assertThat(request.isNativeTo(new GeminiDialect())).isFalse();
        assertThat(sent(request, new OpenAiDialect()))
                .contains("\"max_completion_tokens\":2000", "\"content\":\"Yo\"")
                .doesNotContain("cache_control", "c2ln");
    }

    /// No token is shorter than a byte, and all that is sent was counted.
    @Test
    void theBoundCoversWhatIsSent() {
        ChatRequest request = read("{\"model\":\"m\",\"max_tokens\":9," + MARKED + "," + TURNS + "}");
        assertThat(ANTHROPIC.inputBound(request))
                .isGreaterThan(ANTHROPIC.chat(request, "m", 9).body().length);
    }

    @Test
    void theOldNameOfAFormatIsNotPassedOnButRefused() {
        ChatRequest request = read("{\"model\":\"m\",\"max_tokens\":9,\"output_format\":{\"type\":\"json_schema\","
                + "\"schema\":{\"type\":\"object\"}}," + TURNS + "}");
        assertThat(request.isNativeTo(ANTHROPIC)).isFalse();
        List<Lack> lacks = ANTHROPIC.lacks(request);
        assertThatThrownBy(() -> Lack.settle(lacks, false)).hasMessageContaining("response_format");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"a\",\"model\":\"b\",\"max_tokens\":1,TURNS}",
                "{\"model\":\"a\",\"max_tokens\":1,TURNS,\"messages\":[{\"role\":\"user\",\"content\":\"other\"}]}",
                "{\"model\":\"a\",\"max_tokens\":1,\"tools\":[{\"name\":\"f\",\"name\":\"g\",\"input_schema\":{}}],TURNS}",
                "\uFEFF{\"model\":\"a\",\"max_tokens\":1,TURNS}",
            })
    void whatTwoReadersCouldReadInTwoWaysIsRefused(String body) {
        assertThatThrownBy(() -> read(body.replace("TURNS", TURNS)))
                .isInstanceOf(PlatformException.class)
                .hasMessageStartingWith("The body cannot be read as JSON");
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        byte[] wide = ("{\"model\":\"a\",\"max_tokens\":1," + TURNS + "}").getBytes(StandardCharsets.UTF_16BE);
        assertThatThrownBy(() -> new MessagesSurface().read(wide)).isInstanceOf(PlatformException.class);
    }
}
