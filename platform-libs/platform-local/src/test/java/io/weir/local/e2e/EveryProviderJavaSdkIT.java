package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.completions.CompletionUsage;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams.EncodingFormat;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.moderations.ModerationCreateResponse;
import io.weir.local.e2e.MatrixClient.Covers;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The official SDK for Java against a model of each provider: what it sees is the same.
@Tag("e2e")
@MatrixClient(
        name = "openai-java",
        artifact = "com.openai:openai-java",
        pinnedBy = "../../pom.xml",
        pin = "openai-java.version")
class EveryProviderJavaSdkIT {

    private static final Platform.Tenant TENANT = Platform.demo("bigfinance");
    private static final Duration SOON = Duration.ofSeconds(20);

    private final OpenAIClient client = client(TENANT.apiKey());

    @AfterEach
    void friendlyProviders() {
        Http.method("DELETE", Platform.simulator() + "/_behaviour", null, "");
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    void chatAnswersWithUsageThatAddsUp(String model) {
        ChatCompletion answer = create(ask(model, "Say hello."));
        assertThat(answer.choices().getFirst().message().content().orElseThrow())
                .isNotEmpty();
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.model()).startsWith(model);
        assertAddsUp(answer.usage().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    void aStreamEndsWithItsUsageAndSaysWhatThePlainAnswerSays(String model) {
        ChatCompletionCreateParams.Builder asked = ask(model, "Count to five, please.");
        ChatCompletion streamed = stream(asked);
        ChatCompletion plain = create(ask(model, "Count to five, please."));
        assertThat(streamed.choices().getFirst().message().content())
                .isEqualTo(plain.choices().getFirst().message().content())
                .isPresent();
        assertThat(streamed.choices().getFirst().finishReason()).isEqualTo(FinishReason.STOP);
        CompletionUsage usage = streamed.usage().orElseThrow();
        assertAddsUp(usage);
        assertThat(usage.completionTokens())
                .isEqualTo(plain.usage().orElseThrow().completionTokens());
        assertThat(usage.promptTokens()).isEqualTo(plain.usage().orElseThrow().promptTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    @Covers(Capability.TOOLS)
    void aToolIsCalledWithArgumentsAndItsResultIsAnswered(String model) {
        ChatCompletionCreateParams.Builder asked = ask(model, "How is the weather in Delft?")
                .addTool(weather())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED);
        assertThat(argumentsOf(onlyCall(stream(asked))).path("city").isString()).isTrue();
        ChatCompletion called = create(asked);
        ChatCompletionMessageFunctionToolCall call = onlyCall(called);
        assertThat(argumentsOf(call).path("city").isString()).isTrue();

        ChatCompletion answered = create(asked.toolChoice(ChatCompletionToolChoiceOption.Auto.AUTO)
                .addMessage(called.choices().getFirst().message())
                .addMessage(ChatCompletionToolMessageParam.builder()
                        .toolCallId(call.id())
                        .content("Rain.")
                        .build()));
        assertThat(answered.choices().getFirst().message().content().orElseThrow())
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"openai, gpt-4o-mini", "anthropic, claude-haiku-4-5", "gemini, gemini-2.5-pro"})
    void aProvidersRateLimitBecomesTheSdksOwnClassAndIsItsOwn(String provider, String model) {
        behave("\"provider\":\"" + provider + "\",\"errorRate\":1,\"errorStatus\":429");
        assertThatThrownBy(() -> create(ask(model, "Hi"))).isInstanceOfSatisfying(RateLimitException.class, error -> {
            assertThat(error.statusCode()).isEqualTo(429);
            assertThat(error.headers().values("x-request-id")).hasSize(1);
        });
        String other = provider.equals("openai") ? "claude-haiku-4-5" : "gpt-4o-mini";
        assertThat(create(ask(other, "Hi")).choices()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"openai, gpt-4o-mini", "anthropic, claude-haiku-4-5", "gemini, gemini-2.5-pro"})
    void aStreamCancelledInTheMiddleIsSettledForWhatWasProduced(String provider, String model) {
        behave("\"provider\":\"" + provider + "\",\"chunkDelayMs\":50");
        Platform.Tenant own = Platform.provision("cancels-" + provider, "growth", "");
        OpenAIClient leaving = client(own.apiKey());
        try (StreamResponse<ChatCompletionChunk> stream = leaving.chat()
                .completions()
                .createStreaming(ask(model, "Write a story.").build())) {
            Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
            for (int i = 0; i < 4; i++) {
                chunks.next();
            }
        } finally {
            leaving.close();
        }
        Eventually.passes(SOON, () -> {
            String requests = Http.get(Platform.gateway() + "/api/analytics/requests", own.apiKey())
                    .body();
            assertThat(requests).contains("\"cancelled\"", model);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"text-embedding-3-small", "gemini-embedding-001"})
    @Covers(Capability.EMBEDDINGS)
    void embeddingsInTheSdksDefaultEncodingEqualThoseAsFloats(String model) {
        CreateEmbeddingResponse byDefault = embed(model, null);
        CreateEmbeddingResponse floats = embed(model, EncodingFormat.FLOAT);
        CreateEmbeddingResponse base64 = embed(model, EncodingFormat.BASE64);
        List<List<Float>> vectors = vectorsOf(floats);
        assertThat(vectors).hasSize(2).allSatisfy(vector -> assertThat(vector).hasSize(256));
        assertThat(vectors.getFirst()).isNotEqualTo(vectors.getLast());
        assertThat(vectorsOf(byDefault)).isEqualTo(vectors);
        assertThat(vectorsOf(base64)).isEqualTo(vectors);
        assertThat(byDefault.usage().promptTokens()).isPositive();
        assertThat(byDefault.usage().totalTokens()).isEqualTo(byDefault.usage().promptTokens());
    }

    @Test
    void moderationsPassTheSdksValidation() {
        ModerationCreateResponse answer = client.moderations()
                .create(ModerationCreateParams.builder()
                        .inputOfStrings(List.of("The gate is open.", "I will kill you"))
                        .build())
                .validate();
        assertThat(answer.results()).hasSize(2);
        assertThat(answer.results().getFirst().flagged()).isFalse();
        assertThat(answer.results().getLast().categories().violence()).isTrue();
    }

    private static void assertAddsUp(CompletionUsage usage) {
        assertThat(usage.promptTokens()).isPositive();
        assertThat(usage.completionTokens()).isPositive();
        assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
    }

    private static ChatCompletionMessageFunctionToolCall onlyCall(ChatCompletion answer) {
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        List<ChatCompletionMessageFunctionToolCall> calls =
                answer.choices().getFirst().message().toolCalls().orElseThrow().stream()
                        .map(call -> call.asFunction())
                        .toList();
        assertThat(calls).hasSize(1);
        assertThat(calls.getFirst().id()).isNotBlank();
        assertThat(calls.getFirst().function().name()).isEqualTo("get_weather");
        return calls.getFirst();
    }

    private static JsonNode argumentsOf(ChatCompletionMessageFunctionToolCall call) {
        return Http.JSON.readTree(call.function().arguments());
    }

    private static ChatCompletionFunctionTool weather() {
        return ChatCompletionFunctionTool.builder()
                .function(FunctionDefinition.builder()
                        .name("get_weather")
                        .description("The weather of a city.")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                .build())
                        .build())
                .build();
    }

    private static List<List<Float>> vectorsOf(CreateEmbeddingResponse answer) {
        return answer.data().stream().map(Embedding::embedding).toList();
    }

    private CreateEmbeddingResponse embed(String model, @Nullable EncodingFormat format) {
        EmbeddingCreateParams.Builder params = EmbeddingCreateParams.builder()
                .model(model)
                .dimensions(256)
                .inputOfArrayOfStrings(List.of("The river is wide.", "The gate is open."));
        return client.embeddings().create((format == null ? params : params.encodingFormat(format)).build());
    }

    private ChatCompletion create(ChatCompletionCreateParams.Builder asked) {
        return client.chat().completions().create(asked.build());
    }

    private ChatCompletion stream(ChatCompletionCreateParams.Builder asked) {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        ChatCompletionCreateParams params = asked.build().toBuilder()
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        return accumulator.chatCompletion();
    }

    private static void behave(String fields) {
        assertThat(Http.method("PUT", Platform.simulator() + "/_behaviour", null, "{" + fields + "}")
                        .status())
                .isEqualTo(200);
    }

    private static OpenAIClient client(String apiKey) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(Platform.gateway() + "/v1")
                .apiKey(apiKey)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static ChatCompletionCreateParams.Builder ask(String model, String text) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .maxCompletionTokens(2000)
                .addUserMessage(text);
    }
}
