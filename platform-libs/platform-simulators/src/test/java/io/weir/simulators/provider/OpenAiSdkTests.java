package io.weir.simulators.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the official client makes of it.
class OpenAiSdkTests {

    private static final ProviderSimulator SIMULATOR = ProviderSimulator.start(ProviderSimulatorOptions.onAnyPort());
    private static final SimulatorClient CONTROL = new SimulatorClient(SIMULATOR);
    private static final OpenAIClient CLIENT = clientWithKey("sk-test");

    @BeforeEach
    void friendlyProviderWithEmptyBooks() {
        CONTROL.send("DELETE", "/_behaviour", "");
        CONTROL.send("DELETE", "/_ledger", "");
    }

    @AfterAll
    static void stop() {
        CLIENT.close();
        CONTROL.close();
        SIMULATOR.close();
    }

    @Test
    void aPlainAnswerPassesTheSdksValidation() {
        ChatCompletion completion =
                CLIENT.chat().completions().create(hello("gpt-4o-mini").build()).validate();
        assertThat(completion.choices().getFirst().message().content().orElseThrow())
                .isNotBlank();
        assertThat(completion.choices().getFirst().finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(completion.usage().orElseThrow().completionTokens()).isPositive();
    }

    @Test
    void aStreamIsAccumulatedToTheUsageThatTheLedgerHolds() {
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                CLIENT.chat().completions().createStreaming(streaming().build())) {
            stream.stream().forEach(chunk -> accumulator.accumulate(chunk.validate()));
        }
        CompletionUsage usage = accumulator.chatCompletion().usage().orElseThrow();
        assertThat(CONTROL.ledger().path("text_in").longValue()).isEqualTo(usage.promptTokens());
        assertThat(CONTROL.ledger().path("text_out").longValue()).isEqualTo(usage.completionTokens());
    }

    @Test
    void aStreamClosedInTheMiddleIsCancelledHere() {
        CONTROL.behave("\"chunkDelayMs\":30,\"outputTokens\":500");
        try (StreamResponse<ChatCompletionChunk> stream =
                CLIENT.chat().completions().createStreaming(streaming().build())) {
            assertThat(stream.stream().limit(4).count()).isEqualTo(4);
        }
        assertThat(CONTROL.settledLedger().path("by_request").valueStream())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.path("cancelled").booleanValue()).isTrue();
                    assertThat(entry.path("text_out").intValue()).isLessThan(100);
                });
    }

    @Test
    void modelsAreListedAndRetrieved() {
        assertThat(CLIENT.models().list().data())
                .anyMatch(model -> model.validate().id().equals("gpt-4o"));
        assertThat(CLIENT.models().retrieve("gpt-4o").validate().ownedBy()).isEqualTo("system");
    }

    @Test
    void refusalsBecomeTheSdksErrorClasses() {
        assertThatThrownBy(() -> create("gpt-9")).isInstanceOfSatisfying(NotFoundException.class, error -> {
            assertThat(error.code()).hasValue("model_not_found");
            assertThat(error.headers().values("x-request-id")).hasSize(1);
        });
        assertThatThrownBy(() -> CLIENT.chat()
                        .completions()
                        .create(hello("gpt-4o").maxCompletionTokens(0).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class,
                        error -> assertThat(error.param()).hasValue("max_completion_tokens"));
        OpenAIClient stranger = clientWithKey("sk-invalid-key");
        assertThatThrownBy(() -> stranger.models().list()).isInstanceOf(UnauthorizedException.class);
        stranger.close();
    }

    @Test
    void faultsBecomeTheSdksErrorClasses() {
        CONTROL.behave("\"errorRate\":1,\"errorStatus\":503");
        assertThatThrownBy(() -> create("gpt-4o")).isInstanceOf(InternalServerException.class);
        CONTROL.behave("\"requestsPerMinute\":1");
        create("gpt-4o");
        assertThatThrownBy(() -> create("gpt-4o")).isInstanceOf(RateLimitException.class);
    }

    private static ChatCompletion create(String model) {
        return CLIENT.chat().completions().create(hello(model).build());
    }

    private static ChatCompletionCreateParams.Builder streaming() {
        return hello("gpt-4o-mini")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build());
    }

    private static ChatCompletionCreateParams.Builder hello(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("hello");
    }

    private static OpenAIClient clientWithKey(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(SIMULATOR.openAiBaseUrl())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }
}
