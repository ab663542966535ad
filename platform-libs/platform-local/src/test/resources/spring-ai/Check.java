import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.UnauthorizedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.document.MetadataMode;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.OpenAiEmbeddingModel;
import org.springframework.ai.openai.OpenAiEmbeddingOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import tools.jackson.databind.json.JsonMapper;

/// Uses Spring AI as a customer would; prints one JSON line per finding.
public final class Check {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String URL = System.getenv("WEIR_URL") + "/v1";
    private static final String KEY = System.getenv("WEIR_KEY");
    private static final String PROMPT = "Count from one to ten.";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    record Town(String name, int people) {}

    record City(String city) {}

    public static void main(String[] arguments) throws Exception {
        for (String model : List.of("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-pro")) {
            plainAndStreamed(model);
        }
        tools();
        structured();
        failure("unauthorized", UnauthorizedException.class, () -> ask(model(options().apiKey("sk-not-ours"))));
        failure("unknownModel", NotFoundException.class, () -> ask(model(options().model("gpt-4o-minni"))));
        failure("badRequest", BadRequestException.class, () -> ask(model(options().maxCompletionTokens(-1))));
        String limited = System.getenv("WEIR_LIMITED_URL") + "/v1";
        found("retried", text(ask(model(options().baseUrl(limited).maxRetries(2)))));
        embeddings();
        cancelled();
        // What the clients leave running does not hold the process.
        System.exit(0);
    }

    private static void plainAndStreamed(String name) {
        OpenAiChatModel model = model(options().model(name));
        ChatResponse plain = ask(model);
        Map<String, Object> told = counted(plain.getMetadata().getUsage());
        told.put("text", text(plain));
        told.put("finish", plain.getResult().getMetadata().getFinishReason());
        found("plain." + name, told);

        OpenAiChatModel counting = model(options().model(name).streamUsage(true));
        List<ChatResponse> all = counting.stream(new Prompt(PROMPT)).collectList().block(LIMIT);
        StringBuilder streamed = new StringBuilder();
        String finish = "";
        for (ChatResponse piece : all) {
            if (piece.getResult() != null) {
                String text = text(piece);
                streamed.append(text == null ? "" : text);
                String reason = piece.getResult().getMetadata().getFinishReason();
                finish = reason == null || reason.isEmpty() ? finish : reason;
            }
        }
        Map<String, Object> stream = counted(all.getLast().getMetadata().getUsage());
        stream.put("text", streamed.toString());
        stream.put("pieces", all.size());
        stream.put("finish", finish);
        found("stream." + name, stream);
    }

    private static void tools() {
        ToolCallback weather = FunctionToolCallback.builder("get_weather", (City city) -> "Rain.")
                .description("The weather of a city.")
                .inputType(City.class)
                .build();
        OpenAiChatModel model = model(options().toolCallbacks(List.of(weather)));
        UserMessage question = new UserMessage("Use get_weather.");
        AssistantMessage called = model.call(new Prompt(question)).getResult().getOutput();
        AssistantMessage.ToolCall call = called.getToolCalls().getFirst();
        Message result = ToolResponseMessage.builder()
                .responses(List.of(new ToolResponseMessage.ToolResponse(
                        call.id(), call.name(), weather.call(call.arguments()))))
                .build();
        ChatResponse answer = model(options()).call(new Prompt(List.of(question, called, result)));
        found(
                "tools",
                Map.of(
                        "name", call.name(),
                        "city", JSON.readValue(call.arguments(), City.class).city(),
                        "answer", text(answer)));
    }

    private static void structured() {
        BeanOutputConverter<Town> converter = new BeanOutputConverter<>(Town.class);
        ChatResponse answer = ask(model(options().outputSchema(converter.getJsonSchema())));
        found("structured", converter.convert(text(answer)));
    }

    private static void embeddings() {
        OpenAiEmbeddingModel model = OpenAiEmbeddingModel.builder()
                .metadataMode(MetadataMode.NONE)
                .options(OpenAiEmbeddingOptions.builder()
                        .baseUrl(URL)
                        .apiKey(KEY)
                        .model("text-embedding-3-small")
                        .dimensions(256)
                        .build())
                .build();
        EmbeddingResponse embedded =
                model.call(new EmbeddingRequest(List.of("The river is wide.", "The gate is open."), null));
        float[] first = embedded.getResults().getFirst().getOutput();
        float[] last = embedded.getResults().getLast().getOutput();
        found(
                "embeddings",
                Map.of(
                        "sizes", List.of(first.length, last.length),
                        "apart", first[0] != last[0],
                        "tokens", embedded.getMetadata().getUsage().getPromptTokens()));
    }

    private static void cancelled() throws Exception {
        behaviour("PUT", "{\"provider\":\"openai\",\"chunkDelayMs\":30,\"outputTokens\":500}");
        try {
            AtomicBoolean left = new AtomicBoolean();
            List<ChatResponse> seen = model(options())
                    .stream(new Prompt(PROMPT))
                    .doOnCancel(() -> left.set(true))
                    .take(3)
                    .collectList()
                    .block(LIMIT);
            found("cancelled", Map.of("pieces", seen.size(), "left", left.get()));
        } finally {
            behaviour("DELETE", "");
        }
    }

    private static void failure(String name, Class<? extends OpenAIServiceException> type, Callable<?> call)
            throws Exception {
        try {
            call.call();
            found(name, "no error");
        } catch (OpenAIServiceException error) {
            found(name, Map.of("mapped", type.isInstance(error), "status", error.statusCode()));
        }
    }

    private static OpenAiChatOptions.Builder options() {
        return new OpenAiChatOptions.Builder()
                .baseUrl(URL)
                .apiKey(KEY)
                .model("gpt-4o-mini")
                .maxRetries(0);
    }

    private static OpenAiChatModel model(OpenAiChatOptions.Builder options) {
        return OpenAiChatModel.builder().options(options.build()).build();
    }

    private static ChatResponse ask(OpenAiChatModel model) {
        return model.call(new Prompt(PROMPT));
    }

    private static String text(ChatResponse answer) {
        return answer.getResult().getOutput().getText();
    }

    private static Map<String, Object> counted(Usage usage) {
        Map<String, Object> counted = new LinkedHashMap<>();
        counted.put("prompt", usage.getPromptTokens());
        counted.put("completion", usage.getCompletionTokens());
        return counted;
    }

    private static void behaviour(String method, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("WEIR_SIMULATOR") + "/_behaviour"))
                .timeout(Duration.ofSeconds(10))
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
    }

    private static void found(String name, Object value) {
        System.out.println(JSON.writeValueAsString(Map.of("name", name, "value", value)));
    }
}
