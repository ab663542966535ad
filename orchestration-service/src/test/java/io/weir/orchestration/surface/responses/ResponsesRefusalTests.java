package io.weir.orchestration.surface.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.orchestration.dialect.Lack;
import io.weir.orchestration.dialect.gemini.GeminiDialect;
import io.weir.orchestration.surface.SurfaceRequest;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesRefusalTests {

    private final ResponsesSurface surface = new ResponsesSurface(() -> Instant.EPOCH);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "null",
            value = {
                "nonsense|null",
                "[]|null",
                "{|null",
                "{} trailing|null",
                "{}|input",
                "{\"input\":null}|input",
                "{\"input\":7}|input",
                "{\"input\":[]}|input",
                "{\"input\":[7]}|input[0]",
                "{\"input\":[null]}|input[0]",
                "{\"input\":[{\"content\":\"hi\"}]}|input[0].role",
                "{\"input\":[{\"role\":\"king\",\"content\":\"hi\"}]}|input[0].role",
                "{\"input\":[{\"role\":\"user\"}]}|input[0].content",
                "{\"input\":[{\"role\":\"user\",\"content\":7}]}|input[0].content",
                "{\"input\":[{\"role\":\"user\",\"content\":[{}]}]}|input[0].content[0].type",
                "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\"}]}]}|input[0].content[0].text",
                "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\"}]}]}|input[0].content[0].type",
                "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"file_id\":\"f\"}]}]}"
                        + "|input[0].content[0].file_id",
                "{\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\"}]}]}|input[0].content[0].image_url",
                "{\"input\":[HI,{\"role\":\"assistant\",\"content\":[{\"type\":\"input_image\"}]}]}|input[1].content[0].type",
                "{\"input\":[{\"type\":\"web_search_call\"}]}|input[0].type",
                "{\"input\":[HI,{\"type\":\"item_reference\",\"id\":\"msg_1\"}]}|input[1].type",
                "{\"input\":[{\"type\":\"function_call\",\"name\":\"f\",\"arguments\":\"{}\"}]}|input[0].call_id",
                "{\"input\":[{\"type\":\"function_call\",\"call_id\":\"c\",\"arguments\":\"{}\"}]}|input[0].name",
                "{\"input\":[{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":{}}]}"
                        + "|input[0].arguments",
                "{\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c\"}]}|input[0].output",
                "{\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":"
                        + "[{\"type\":\"input_image\"}]}]}|input[0].output[0].type",
                "{\"input\":[{\"type\":\"reasoning\",\"summary\":[]}]}|input",
                "{\"input\":\"hi\",\"model\":7}|model",
                "{\"input\":\"hi\",\"model\":\"\"}|model",
                "{\"input\":\"hi\",\"instructions\":[]}|instructions",
                "{\"input\":\"hi\",\"max_output_tokens\":0}|max_output_tokens",
                "{\"input\":\"hi\",\"max_output_tokens\":1.5}|max_output_tokens",
                "{\"input\":\"hi\",\"max_output_tokens\":99999999999}|max_output_tokens",
                "{\"input\":\"hi\",\"temperature\":\"hot\"}|temperature",
                "{\"input\":\"hi\",\"top_logprobs\":21}|top_logprobs",
                "{\"input\":\"hi\",\"include\":\"all\"}|include",
                "{\"input\":\"hi\",\"stream\":\"yes\"}|stream",
                "{\"input\":\"hi\",\"store\":1}|store",
                "{\"input\":\"hi\",\"truncation\":\"always\"}|truncation",
                "{\"input\":\"hi\",\"tools\":{}}|tools",
                "{\"input\":\"hi\",\"tools\":[7]}|tools[0]",
                "{\"input\":\"hi\",\"tools\":[{\"type\":\"web_search\"}]}|tools[0].type",
                "{\"input\":\"hi\",\"tools\":[FN,{\"type\":\"function\"}]}|tools[1].name",
                "{\"input\":\"hi\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":7}]}|tools[0].parameters",
                "{\"input\":\"hi\",\"tool_choice\":\"any\"}|tool_choice",
                "{\"input\":\"hi\",\"tool_choice\":7}|tool_choice",
                "{\"input\":\"hi\",\"tool_choice\":{\"type\":\"file_search\"}}|tool_choice.type",
                "{\"input\":\"hi\",\"tool_choice\":{\"type\":\"function\"}}|tool_choice.name",
                "{\"input\":\"hi\",\"text\":{\"format\":{\"type\":\"xml\"}}}|text.format.type",
                "{\"input\":\"hi\",\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{}}}}|text.format.name",
                "{\"input\":\"hi\",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\"}}}|text.format.schema",
                "{\"input\":\"hi\",\"reasoning\":\"low\"}|reasoning",
                "{\"input\":\"hi\",\"metadata\":{\"a\":1}}|metadata.a",
                "{\"input\":\"hi\",\"service_tier\":\"priority\"}|service_tier",
                "{\"input\":\"hi\",\"previous_response_id\":\"resp_1\"}|previous_response_id",
                "{\"input\":\"hi\",\"conversation\":\"conv_1\"}|conversation",
                "{\"input\":\"hi\",\"prompt\":{\"id\":\"p\"}}|prompt",
                "{\"input\":\"hi\",\"background\":true}|background",
            })
    void whatIsWrongIsNamedAsThisApiNamesIt(String body, String param) {
        String whole = body.replace("HI", "{\"role\":\"user\",\"content\":\"hi\"}")
                .replace("FN", "{\"type\":\"function\",\"name\":\"f\"}");
        PlatformException refused = refusal(whole);
        assertThat(refused.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused.getMessage()).isNotBlank().doesNotContain("messages", "Exception", "tools.jackson");
    }

    private PlatformException refusal(String body) {
        return catchThrowableOfType(PlatformException.class, () -> surface.read(body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatCannotBeContinuedSaysWhatToSendInstead() {
        assertThat(refusal("{\"input\":\"hi\",\"previous_response_id\":\"resp_1\"}"))
                .hasMessageContaining("Send the conversation in 'input'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max_completion_tokens|max_output_tokens",
                "response_format|text.format",
                "response_format.json_schema.schema|text.format.schema",
                "reasoning_effort|reasoning.effort",
                "messages|input",
                "messages[0]|instructions",
                "messages[1].content|input[0].content",
                "messages[2].content[0]|input[2].content",
                "messages[2].tool_calls[1].function.arguments|input[4].arguments",
                "messages[3].tool_call_id|input[5].call_id",
                "tools[1].function.parameters|tools[1].parameters",
                "tool_choice.function.name|tool_choice.name",
                "temperature|temperature",
                "provider.order|provider.order",
            })
    void aProblemThatIsFoundLaterIsToldInTheSameWords(String chat, String own) {
        SurfaceRequest request = surface.read("""
                {"model": "gpt-4o-mini", "instructions": "Be brief.", "input": [
                  {"role": "user", "content": "Weather?"},
                  {"type": "reasoning", "summary": []},
                  {"role": "assistant", "content": "Let me look."},
                  {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
                  {"type": "function_call", "call_id": "b", "name": "f", "arguments": "{}"},
                  {"type": "function_call_output", "call_id": "a", "output": "Rain."}]}""".getBytes(StandardCharsets.UTF_8));
        PlatformException told = request.inOwnWords(PlatformException.invalid(chat, "'" + chat + "' is wrong."));
        assertThat(told.param()).isEqualTo(own);
        assertThat(told).hasMessage("'" + own + "' is wrong.");
    }

    @Test
    void whatAProviderCannotDoIsToldInTheSameWords() {
        SurfaceRequest request = surface.read("""
                {"model": "gemini-2.5-pro", "input": [{"role": "user", "content": "Hi"},
                  {"type": "function_call", "call_id": "a", "name": "f", "arguments": "no json"}]}""".getBytes(StandardCharsets.UTF_8));
        PlatformException refused = catchThrowableOfType(
                PlatformException.class, () -> Lack.settle(new GeminiDialect().lacks(request.chat()), false));
        assertThat(request.inOwnWords(refused).param()).isEqualTo("input[1].arguments");
    }
}
