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
import com.sun.net.httpserver.HttpServer;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The official SDK for Java.
@Tag("e2e")
class OpenAiJavaSdkIT {

    private static final Platform.Tenant TENANT = Platform.demo("bigfinance");

    private final OpenAIClient client = client(TENANT.apiKey());

    @Test
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
    void modelsAreListedAndFound() {
        List<String> ids = client.models().list().data().stream().map(Model::id).toList();
        assertThat(ids).contains("gpt-4o-mini", "gpt-4o");
        assertThat(client.models().retrieve("gpt-4o-mini").ownedBy()).isNotEmpty();
    }

    @Test
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
    void aSpentBudgetIsToldOnceAndNotTriedAgain() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpServer between = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Platform.Tenant poor = Platform.spent("poor-java");
        between.createContext("/", exchange -> {
            asked.incrementAndGet();
            Http.Answer answer = Http.post(
                    Platform.gateway() + exchange.getRequestURI(),
                    poor.apiKey(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            for (String header : List.of("content-type", "x-should-retry", "x-request-id")) {
                exchange.getResponseHeaders().add(header, answer.header(header));
            }
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        between.start();
        OpenAIClient patient = OpenAIOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + between.getAddress().getPort() + "/v1")
                .apiKey(poor.apiKey())
                .maxRetries(3)
                .build();
        try {
            assertThatThrownBy(
                            () -> patient.chat().completions().create(ask("Hi").build()))
                    .isInstanceOfSatisfying(RateLimitException.class, error -> assertCode(error, "budget_exceeded"));
            assertThat(asked).hasValue(1);
        } finally {
            patient.close();
            between.stop(0);
        }
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
