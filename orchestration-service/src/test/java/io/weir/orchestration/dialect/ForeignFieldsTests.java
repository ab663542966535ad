package io.weir.orchestration.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.orchestration.surface.messages.MessagesSurface;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ForeignFieldsTests {

    private static final OpenAiDialect OPENAI = new OpenAiDialect();
    private static final String HI = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private static ChatRequest message(String more) {
        String body = "{\"model\":\"gpt-4o\",\"max_tokens\":2000,\"top_k\":5,\"stream\":true,"
                + "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024}," + more + HI;
        return new MessagesSurface().read(body.getBytes(StandardCharsets.UTF_8)).chat();
    }

    private static JsonNode sent(ChatRequest request, String model) {
        return JsonMapper.shared().readTree(OPENAI.chat(request, model, 100).body());
    }

    @ParameterizedTest
    @CsvSource({"gpt-4o, false", "gpt-4o-mini, false", "gpt-5.2, true", "o3, true"})
    void whatClientsOfAnotherApiSendAndTheModelDoesNotKnowIsLeftOut(String model, boolean reasons) {
        ChatRequest request = message("");
        JsonNode body = sent(request, model);
        assertThat(body.has("top_k")).isFalse();
        assertThat(body.has("reasoning_effort")).isEqualTo(reasons);
        assertThat(body.path("model").asString()).isEqualTo(model);
        assertThat(body.path("max_completion_tokens").asInt()).isEqualTo(2000);
        assertThat(body.at("/stream_options/include_usage").asBoolean()).isTrue();
        List<String> warnings = Lack.settle(OPENAI.untranslatable(request, model), false);
        assertThat(warnings).hasSize(reasons ? 1 : 2).contains("dropped 'top_k'");
    }

    @Test
    void aRequestThatRequiresItsParametersIsNotServedWithoutThem() {
        List<Lack> lacks = OPENAI.untranslatable(message("\"provider\":{\"require_parameters\":true},"), "gpt-4o");
        assertThatThrownBy(() -> Lack.settle(lacks, false))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("top_k");
    }

    @Test
    void aChatOfOpenAisOwnClientsPassesAsItIs() {
        String body = "{\"model\":\"gpt-4o\",\"top_k\":5,\"reasoning_effort\":\"low\"," + HI;
        ChatRequest request = ChatRequestReader.read(body.getBytes(StandardCharsets.UTF_8));
        assertThat(OPENAI.untranslatable(request, "gpt-4o")).isEmpty();
        assertThat(sent(request, "gpt-4o").path("top_k").asInt()).isEqualTo(5);
    }
}
