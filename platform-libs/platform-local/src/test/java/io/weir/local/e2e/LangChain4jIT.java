package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.weir.local.e2e.MatrixClient.Covers;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// LangChain4j with its OpenAI models.
@Tag("e2e")
@MatrixClient(
        name = "LangChain4j",
        artifact = "dev.langchain4j:langchain4j-open-ai",
        pinnedBy = "../../pom.xml",
        pin = "langchain4j.version")
class LangChain4jIT {

    private static final Platform.Tenant TENANT = Platform.demo("bigfinance");
    private static final String MODEL = "gpt-4o-mini";
    private static final String QUESTION = "Count from one to ten.";

    @AfterEach
    void friendlyProviders() {
        Simulator.behavesWell();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    @Covers({Capability.PLAIN, Capability.STREAM, Capability.USAGE})
    void aModelOfEachProviderAnswersPlainAndStreamedAlike(String model) throws Exception {
        ChatResponse plain = chat(model).chat(asked().build());
        Streamed stream = new Streamed(0);
        streaming(model).chat(asked().build(), stream);
        ChatResponse streamed = stream.whole();
        assertThat(streamed.aiMessage().text())
                .isEqualTo(plain.aiMessage().text())
                .isNotEmpty();
        assertThat(stream.pieces).hasValueGreaterThan(2);
        for (ChatResponse answer : List.of(plain, streamed)) {
            TokenUsage usage = answer.tokenUsage();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(usage.totalTokenCount())
                    .isEqualTo(usage.inputTokenCount() + usage.outputTokenCount())
                    .isPositive();
        }
        assertThat(streamed.tokenUsage().totalTokenCount())
                .isEqualTo(plain.tokenUsage().totalTokenCount());
    }

    @Test
    @Covers(Capability.TOOLS)
    void aToolIsCalledAndItsResultAnswered() {
        ToolSpecification weather = ToolSpecification.builder()
                .name("get_weather")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty("city")
                        .required("city")
                        .build())
                .build();
        OpenAiChatModel model = chat(MODEL);
        ChatResponse called = model.chat(asked().toolSpecifications(weather)
                .toolChoice(ToolChoice.REQUIRED)
                .build());
        ToolExecutionRequest call = called.aiMessage().toolExecutionRequests().getFirst();
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(Http.JSON.readTree(call.arguments()).path("city").isString()).isTrue();
        ChatResponse answered = model.chat(ChatRequest.builder()
                .messages(
                        UserMessage.from(QUESTION), called.aiMessage(), ToolExecutionResultMessage.from(call, "Rain."))
                .toolSpecifications(weather)
                .build());
        assertThat(answered.aiMessage().text()).isNotEmpty();
    }

    @Test
    @Covers(Capability.STRUCTURED_OUTPUT)
    void aSchemaShapesTheAnswer() {
        JsonObjectSchema town = JsonObjectSchema.builder()
                .addStringProperty("name")
                .addIntegerProperty("people")
                .required("name", "people")
                .build();
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("town").rootElement(town).build())
                .build();
        ChatResponse answer = chat(MODEL).chat(asked().responseFormat(format).build());
        JsonNode told = Http.JSON.readTree(answer.aiMessage().text());
        assertThat(told.path("name").isString()).as(told.toString()).isTrue();
        assertThat(told.path("people").isIntegralNumber()).as(told.toString()).isTrue();
    }

    @Test
    @Covers(Capability.ERRORS)
    void errorsBecomeTheClientsOwnClasses() {
        OpenAiChatModel stranger = OpenAiChatModel.builder()
                .baseUrl(base())
                .apiKey("sk-not-ours")
                .modelName(MODEL)
                .maxRetries(0)
                .build();
        assertThatThrownBy(() -> stranger.chat(QUESTION)).isInstanceOf(AuthenticationException.class);
        assertThatThrownBy(() -> chat("gpt-4o-minni").chat(QUESTION)).isInstanceOf(ModelNotFoundException.class);
        assertThatThrownBy(() -> chat(MODEL).chat(asked().maxOutputTokens(-1).build()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("tokens");
        Simulator.behaves("\"provider\":\"openai\",\"errorRate\":1,\"errorStatus\":429");
        assertThatThrownBy(() -> chat(MODEL).chat(QUESTION)).isInstanceOf(RateLimitException.class);
    }

    @Test
    @Covers(Capability.RETRY)
    void aProvidersRateLimitIsTriedAgain() throws IOException {
        try (Between between = Between.limitedOnce("openai")) {
            OpenAiChatModel patient = OpenAiChatModel.builder()
                    .baseUrl(between.url() + "/v1")
                    .apiKey(TENANT.apiKey())
                    .modelName(MODEL)
                    .build();
            assertThat(patient.chat(QUESTION)).isNotEmpty();
            assertThat(between.statuses()).containsExactly(429, 200);
        }
    }

    @Test
    @Covers(Capability.EMBEDDINGS)
    void textsBecomeVectors() {
        Response<List<Embedding>> embedded = OpenAiEmbeddingModel.builder()
                .baseUrl(base())
                .apiKey(TENANT.apiKey())
                .modelName("text-embedding-3-small")
                .dimensions(256)
                .maxRetries(0)
                .build()
                .embedAll(List.of(TextSegment.from("The river is wide."), TextSegment.from("The gate is open.")));
        assertThat(embedded.content())
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.dimension()).isEqualTo(256));
        assertThat(embedded.content().getFirst())
                .isNotEqualTo(embedded.content().getLast());
        assertThat(embedded.tokenUsage())
                .isNotNull()
                .satisfies(usage -> assertThat(usage.inputTokenCount()).isPositive());
    }

    @Test
    @Covers(Capability.MODELS)
    void modelsAreListed() {
        OpenAiModelCatalog catalogue = OpenAiModelCatalog.builder()
                .baseUrl(base())
                .apiKey(TENANT.apiKey())
                .build();
        assertThat(catalogue.listModels())
                .extracting(ModelDescription::name)
                .contains("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro");
    }

    @Test
    @Covers(Capability.CANCEL)
    void aStreamCanBeLeftInTheMiddle() {
        Simulator.behaves("\"provider\":\"openai\",\"chunkDelayMs\":50,\"outputTokens\":500");
        Platform.Tenant own = Platform.provision("cancels-langchain", "growth", "");
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl(base())
                .apiKey(own.apiKey())
                .modelName(MODEL)
                .build();
        Streamed stream = new Streamed(3);
        model.chat(asked().build(), stream);
        Eventually.passes(Duration.ofSeconds(20), () -> {
            assertThat(stream.pieces).hasValueBetween(3, 100);
            String requests = Http.get(Platform.gateway() + "/api/analytics/requests", own.apiKey())
                    .body();
            assertThat(requests).contains("\"cancelled\"");
        });
    }

    private static String base() {
        return Platform.gateway() + "/v1";
    }

    private static ChatRequest.Builder asked() {
        return ChatRequest.builder().messages(UserMessage.from(QUESTION));
    }

    private static OpenAiChatModel chat(String model) {
        return OpenAiChatModel.builder()
                .baseUrl(base())
                .apiKey(TENANT.apiKey())
                .modelName(model)
                .maxRetries(0)
                .build();
    }

    private static OpenAiStreamingChatModel streaming(String model) {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(base())
                .apiKey(TENANT.apiKey())
                .modelName(model)
                .build();
    }

    /// Collects a stream, and leaves it after so many pieces where that is above 0.
    private static final class Streamed implements StreamingChatResponseHandler {

        final AtomicInteger pieces = new AtomicInteger();
        private final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        private final int leavingAfter;

        Streamed(int leavingAfter) {
            this.leavingAfter = leavingAfter;
        }

        ChatResponse whole() throws ExecutionException, InterruptedException, TimeoutException {
            return whole.get(60, TimeUnit.SECONDS);
        }

        @Override
        public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
            if (pieces.incrementAndGet() == leavingAfter) {
                context.streamingHandle().cancel();
            }
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            whole.complete(response);
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }
    }
}
