package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.ErrorType;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.StructuredMessage;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolChoiceAny;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.models.ModelInfo;
import io.weir.local.e2e.MatrixClient.Covers;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Anthropic's official SDK for Java, against a model of each provider.
@Tag("e2e")
@MatrixClient(
        name = "anthropic-java",
        artifact = "com.anthropic:anthropic-java",
        pinnedBy = "../../pom.xml",
        pin = "anthropic-java.version",
        without = Capability.EMBEDDINGS)
class AnthropicJavaSdkIT {

    private static final Platform.Tenant TENANT = Platform.demo("bigfinance");
    private static final String QUESTION = "Count from one to ten.";

    private final AnthropicClient client = client(Platform.gateway(), TENANT.apiKey(), 0);

    /// What is asked for as structured output.
    public record Town(String name, int people) {}

    /// What the tool takes.
    record City(String city) {}

    @AfterEach
    void friendlyProviders() {
        Simulator.behavesWell();
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    @Covers({Capability.PLAIN, Capability.STREAM, Capability.USAGE})
    void aModelOfEachProviderAnswersPlainAndStreamedAlike(String model) {
        Message plain = client.messages().create(asked(model).build());
        Message streamed = streamed(asked(model).build());
        for (Message answer : List.of(plain, streamed)) {
            assertThat(text(answer)).isNotEmpty();
            assertThat(answer.stopReason()).contains(StopReason.END_TURN);
            assertThat(answer.usage().inputTokens()).isPositive();
            assertThat(answer.usage().outputTokens()).isPositive();
        }
        assertThat(text(streamed)).isEqualTo(text(plain));
        assertThat(streamed.usage().outputTokens()).isEqualTo(plain.usage().outputTokens());
    }

    @Test
    @Covers(Capability.USAGE)
    void tokensAreCountedAsTheAnswerTellsThem() {
        long counted = client.messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model("gpt-4o-mini")
                        .addUserMessage(QUESTION)
                        .build())
                .inputTokens();
        assertThat(counted)
                .isEqualTo(client.messages()
                        .create(asked("gpt-4o-mini").build())
                        .usage()
                        .inputTokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro"})
    @Covers(Capability.TOOLS)
    void aToolIsCalledAndItsResultAnswered(String model) {
        MessageCreateParams demanding = asked(model)
                .addTool(weather())
                .toolChoice(ToolChoiceAny.builder().build())
                .build();
        assertThat(cityOf(onlyUse(streamed(demanding)))).isNotEmpty();
        Message called = client.messages().create(demanding);
        ToolUseBlock use = onlyUse(called);
        assertThat(called.stopReason()).contains(StopReason.TOOL_USE);
        assertThat(use.name()).isEqualTo("get_weather");
        assertThat(cityOf(use)).isNotEmpty();
        Message answered = client.messages()
                .create(asked(model)
                        .addTool(weather())
                        .addMessage(called)
                        .addUserMessageOfContentBlockParams(
                                List.of(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                                        .toolUseId(use.id())
                                        .content("Rain.")
                                        .build())))
                        .build());
        assertThat(text(answered)).isNotEmpty();
    }

    @Test
    @Covers(Capability.STRUCTURED_OUTPUT)
    void aSchemaShapesTheAnswer() {
        StructuredMessage<Town> answer = client.messages()
                .create(asked("claude-haiku-4-5").outputConfig(Town.class).build());
        Town town = answer.content().getFirst().text().orElseThrow().text();
        assertThat(town.name()).isNotEmpty();
    }

    @Test
    @Covers(Capability.ERRORS)
    void errorsBecomeTheSdksOwnClasses() {
        AnthropicClient stranger = client(Platform.gateway(), "sk-ant-not-ours", 0);
        assertThatThrownBy(() -> stranger.messages().create(asked("gpt-4o-mini").build()))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class, error -> assertTold(error, ErrorType.AUTHENTICATION_ERROR));
        stranger.close();
        assertThatThrownBy(() -> client.messages().create(asked("gpt-4o-minni").build()))
                .isInstanceOfSatisfying(NotFoundException.class, error -> assertTold(error, ErrorType.NOT_FOUND_ERROR));
        assertThatThrownBy(() -> client.messages()
                        .create(asked("gpt-4o-mini").maxTokens(0).build()))
                .isInstanceOfSatisfying(
                        BadRequestException.class, error -> assertTold(error, ErrorType.INVALID_REQUEST_ERROR));
        Simulator.behaves("\"provider\":\"anthropic\",\"errorRate\":1,\"errorStatus\":429");
        assertThatThrownBy(
                        () -> client.messages().create(asked("claude-haiku-4-5").build()))
                .isInstanceOfSatisfying(
                        RateLimitException.class, error -> assertTold(error, ErrorType.RATE_LIMIT_ERROR));
    }

    @Test
    @Covers(Capability.MODELS)
    void modelsAreListedAndFound() {
        assertThat(client.models().list().autoPager().stream().map(ModelInfo::id))
                .contains("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro");
        ModelInfo model = client.models().retrieve("claude-haiku-4-5");
        assertThat(model.displayName()).isEqualTo("claude-haiku-4-5");
        assertThat(model.createdAt()).isNotNull();
    }

    @Test
    @Covers(Capability.RETRY)
    void aProvidersRateLimitIsWaitedForAndTriedAgain() throws IOException {
        try (Between between = Between.limitedOnce("anthropic")) {
            AnthropicClient patient = client(between.url(), TENANT.apiKey(), 2);
            assertThat(text(patient.messages().create(asked("claude-haiku-4-5").build())))
                    .isNotEmpty();
            patient.close();
            assertThat(between.statuses()).containsExactly(429, 200);
        }
    }

    @Test
    @Covers(Capability.CANCEL)
    void aStreamLeftInTheMiddleIsSettledForWhatWasProduced() {
        Simulator.behaves("\"provider\":\"anthropic\",\"chunkDelayMs\":50,\"outputTokens\":300");
        Platform.Tenant own = Platform.provision("cancels-anthropic-java", "growth", "");
        AnthropicClient leaving = client(Platform.gateway(), own.apiKey(), 0);
        try (StreamResponse<RawMessageStreamEvent> stream =
                leaving.messages().createStreaming(asked("claude-haiku-4-5").build())) {
            Iterator<RawMessageStreamEvent> events = stream.stream().iterator();
            for (int i = 0; i < 6; i++) {
                events.next();
            }
        } finally {
            leaving.close();
        }
        Eventually.passes(Duration.ofSeconds(20), () -> {
            JsonNode requests = Http.get(Platform.gateway() + "/api/analytics/requests", own.apiKey())
                    .json();
            assertThat(requests.toString()).contains("\"cancelled\"");
        });
    }

    private static void assertTold(AnthropicServiceException error, ErrorType type) {
        assertThat(error.type()).contains(type);
        assertThat(error.requestId()).isPresent();
    }

    private static Tool weather() {
        return Tool.builder()
                .name("get_weather")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(Tool.InputSchema.Properties.builder()
                                .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                                .build())
                        .required(List.of("city"))
                        .build())
                .build();
    }

    private static ToolUseBlock onlyUse(Message answer) {
        return answer.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .findFirst()
                .orElseThrow();
    }

    private static String cityOf(ToolUseBlock use) {
        return Objects.requireNonNull(use._input().convert(City.class)).city();
    }

    private static String text(Message answer) {
        StringBuilder text = new StringBuilder();
        for (ContentBlock block : answer.content()) {
            block.text().ifPresent(piece -> text.append(piece.text()));
        }
        return text.toString();
    }

    private Message streamed(MessageCreateParams asked) {
        MessageAccumulator whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream = client.messages().createStreaming(asked)) {
            stream.stream().forEach(whole::accumulate);
        }
        return whole.message();
    }

    private static MessageCreateParams.Builder asked(String model) {
        return MessageCreateParams.builder().model(model).maxTokens(2000).addUserMessage(QUESTION);
    }

    private static AnthropicClient client(String url, String apiKey, int retries) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(url)
                .apiKey(apiKey)
                .maxRetries(retries)
                .timeout(Duration.ofSeconds(60))
                .build();
    }
}
