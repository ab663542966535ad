package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.models.Model;
import io.weir.local.e2e.MatrixClient.Covers;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The official SDK for Java.
@Tag("e2e")
@MatrixClient(
        name = "openai-java",
        artifact = "com.openai:openai-java",
        pinnedBy = "../../pom.xml",
        pin = "openai-java.version")
class OpenAiJavaSdkIT {

    private static final Platform.Tenant TENANT = Platform.demo("bigfinance");

    /// What is asked for as structured output.
    public record Town(String name, int people) {}

    private final OpenAIClient client = client(TENANT.apiKey());

    @Test
    @Covers({Capability.PLAIN, Capability.USAGE})
    void chatAnswersWithUsageThatAddsUp() {
        ChatCompletion answer =
                client.chat().completions().create(ask("Say hello.").build());
        assertThat(answer.choices().getFirst().message().content().orElseThrow())
                .isNotEmpty();
        assertThat(answer.usage().orElseThrow().totalTokens())
                .isEqualTo(answer.usage().orElseThrow().promptTokens()
                        + answer.usage().orElseThrow().completionTokens());
    }

    @Test
    @Covers({Capability.STREAM, Capability.USAGE})
    void aStreamEndsWithItsUsage() {
        ChatCompletionCreateParams params = ask("Count to five.")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();
            assertThat(chunks).hasSizeGreaterThan(2);
            assertThat(chunks.getLast().choices()).isEmpty();
            assertThat(chunks.getLast().usage().orElseThrow().completionTokens())
                    .isPositive();
            assertThat(chunks.stream().map(ChatCompletionChunk::id).distinct()).hasSize(1);
        }
    }

    @Test
    @Covers(Capability.MODELS)
    void modelsAreListedAndFound() {
        List<String> ids = client.models().list().data().stream().map(Model::id).toList();
        assertThat(ids).contains("gpt-4o-mini", "gpt-4o");
        assertThat(client.models().retrieve("gpt-4o-mini").ownedBy()).isNotEmpty();
    }

    @Test
    @Covers(Capability.ERRORS)
    void errorsBecomeTheSdksOwnClasses() {
        OpenAIClient stranger = client("weir_live_" + "0".repeat(50));
        assertThatThrownBy(() -> stranger.models().list())
                .isInstanceOfSatisfying(UnauthorizedException.class, error -> assertCode(error, "invalid_api_key"));
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("Hi").model("gpt-4o-minni").build()))
                .isInstanceOfSatisfying(NotFoundException.class, error -> assertCode(error, "model_not_found"));
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(ask("Hi").maxCompletionTokens(-1).build()))
                .isInstanceOfSatisfying(BadRequestException.class, error -> assertCode(error, "invalid_request"));
    }

    @Test
    @Covers(Capability.CANCEL)
    void aStreamCancelledInTheMiddleIsSettledForWhatWasProduced() {
        Http.method("PUT", Platform.simulator() + "/_behaviour", null, "{\"provider\":\"openai\",\"chunkDelayMs\":50}");
        Platform.Tenant own = Platform.provision("cancels", "growth", "");
        try (StreamResponse<ChatCompletionChunk> stream = client(own.apiKey())
                .chat()
                .completions()
                .createStreaming(ask("Write a long story.").build())) {
            Iterator<ChatCompletionChunk> chunks = stream.stream().iterator();
            for (int i = 0; i < 4; i++) {
                chunks.next();
            }
        } finally {
            Http.method("DELETE", Platform.simulator() + "/_behaviour", null, "");
        }
        Eventually.passes(Duration.ofSeconds(10), () -> {
            JsonNode requests = Http.get(Platform.gateway() + "/api/analytics/requests", own.apiKey())
                    .json();
            assertThat(requests.toString()).contains("\"cancelled\"");
        });
    }

    @Test
    @Covers(Capability.ERRORS)
    void aSpentBudgetIsToldOnceAndNotTriedAgain() throws IOException {
        Platform.Tenant poor = Platform.spent("poor-java");
        try (Between between = Between.gateway()) {
            OpenAIClient patient = patient(between, poor.apiKey());
            assertThatThrownBy(
                            () -> patient.chat().completions().create(ask("Hi").build()))
                    .isInstanceOfSatisfying(RateLimitException.class, error -> assertCode(error, "budget_exceeded"));
            patient.close();
            assertThat(between.statuses()).containsExactly(429);
        }
    }

    @Test
    @Covers(Capability.RETRY)
    void aProvidersRateLimitIsWaitedForAndTriedAgain() throws IOException {
        try (Between between = Between.limitedOnce("openai")) {
            OpenAIClient patient = patient(between, TENANT.apiKey());
            assertThat(patient.chat().completions().create(ask("Hi").build()).choices())
                    .hasSize(1);
            patient.close();
            assertThat(between.statuses()).containsExactly(429, 200);
        }
    }

    @Test
    @Covers(Capability.STRUCTURED_OUTPUT)
    void aSchemaShapesTheAnswer() {
        Town town =
                client
                        .chat()
                        .completions()
                        .create(ask("Delft.").responseFormat(Town.class).build())
                        .choices()
                        .stream()
                        .flatMap(choice -> choice.message().content().stream())
                        .findFirst()
                        .orElseThrow();
        assertThat(town.name()).isNotEmpty();
    }

    private static OpenAIClient patient(Between between, String apiKey) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(between.url() + "/v1")
                .apiKey(apiKey)
                .maxRetries(3)
                .build();
    }

    private static void assertCode(OpenAIServiceException error, String code) {
        assertThat(error.code()).contains(code);
        assertThat(error.headers().values("x-request-id")).hasSize(1);
    }

    private static OpenAIClient client(String apiKey) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(Platform.gateway() + "/v1")
                .apiKey(apiKey)
                .maxRetries(0)
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static ChatCompletionCreateParams.Builder ask(String text) {
        return ChatCompletionCreateParams.builder().model("gpt-4o-mini").addUserMessage(text);
    }
}
