package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.ResponseUsage;
import com.openai.models.responses.ToolChoiceOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The Responses API by the official SDK for Java against a model of each provider.
@Tag("e2e")
class ResponsesJavaSdkIT {

    private final OpenAIClient client = OpenAIOkHttpClient.builder()
            .baseUrl(Platform.gateway() + "/v1")
            .apiKey(Platform.demo("bigfinance").apiKey())
            .maxRetries(0)
            .timeout(Duration.ofSeconds(60))
            .build();

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    void aResponseAndItsStreamSayTheSame(String model) {
        Response plain = client.responses().create(ask(model).build()).validate();
        Response streamed = stream(ask(model));
        for (Response response : List.of(plain, streamed)) {
            assertThat(response.status()).hasValue(ResponseStatus.COMPLETED);
            assertThat(textOf(response)).isNotEmpty();
            assertAddsUp(response.usage().orElseThrow());
        }
        assertThat(textOf(streamed)).isEqualTo(textOf(plain));
        assertThat(streamed.usage().orElseThrow().outputTokens())
                .isEqualTo(plain.usage().orElseThrow().outputTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    void aFunctionIsCalledAndItsOutputIsAnswered(String model) {
        ResponseCreateParams.Builder required = ask(model).addTool(weather()).toolChoice(ToolChoiceOptions.REQUIRED);
        assertThat(argumentsOf(callOf(stream(required)))).contains("city");
        ResponseFunctionToolCall call =
                callOf(client.responses().create(required.build()).validate());
        assertThat(argumentsOf(call)).contains("city");

        Response answered = client.responses()
                .create(ResponseCreateParams.builder()
                        .model(model)
                        .addTool(weather())
                        .inputOfResponse(List.of(
                                ResponseInputItem.ofEasyInputMessage(EasyInputMessage.builder()
                                        .role(EasyInputMessage.Role.USER)
                                        .content("How is the weather in Delft?")
                                        .build()),
                                ResponseInputItem.ofFunctionCall(call),
                                ResponseInputItem.ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder()
                                        .callId(call.callId())
                                        .output("Rain.")
                                        .build())))
                        .build());
        assertThat(textOf(answered)).isNotEmpty();
    }

    @Test
    void whatIsRefusedIsTheSdksOwnClassAndNamesTheField() {
        assertThatThrownBy(() -> client.responses()
                        .create(ask("gpt-4o-mini").previousResponseId("resp_1").build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        refused -> assertThat(refused.param()).hasValue("previous_response_id"));
    }

    private static ResponseCreateParams.Builder ask(String model) {
        return ResponseCreateParams.builder()
                .model(model)
                .maxOutputTokens(2000)
                .instructions("Be brief.")
                .input("How is the weather in Delft?");
    }

    private Response stream(ResponseCreateParams.Builder asked) {
        ResponseAccumulator all = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(asked.build())) {
            stream.stream().forEach(event -> all.accumulate(event.validate()));
        }
        return all.response().validate();
    }

    private static String textOf(Response response) {
        return response.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .flatMap(content -> content.outputText().stream())
                .map(text -> text.text())
                .collect(Collectors.joining());
    }

    private static ResponseFunctionToolCall callOf(Response response) {
        List<ResponseFunctionToolCall> calls = response.output().stream()
                .flatMap(item -> item.functionCall().stream())
                .toList();
        assertThat(calls).hasSize(1);
        assertThat(calls.getFirst().name()).isEqualTo("get_weather");
        return calls.getFirst();
    }

    private static List<String> argumentsOf(ResponseFunctionToolCall call) {
        return List.copyOf(Http.JSON.readTree(call.arguments()).propertyNames());
    }

    private static void assertAddsUp(ResponseUsage usage) {
        assertThat(usage.inputTokens()).isPositive();
        assertThat(usage.outputTokens()).isPositive();
        assertThat(usage.totalTokens()).isEqualTo(usage.inputTokens() + usage.outputTokens());
    }

    private static FunctionTool weather() {
        return FunctionTool.builder()
                .name("get_weather")
                .parameters(FunctionTool.Parameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                        .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                        .build())
                .strict(true)
                .build();
    }
}
