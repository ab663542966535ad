package io.weir.simulators.provider.openai;

import io.netty.handler.codec.http.HttpMethod;
import io.weir.simulators.provider.answer.Author;
import io.weir.simulators.provider.answer.PromptCache;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.behaviour.Behaviours;
import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.http.CountedCalls;
import io.weir.simulators.provider.http.Dialect;
import io.weir.simulators.provider.http.Endpoint.Answering;
import io.weir.simulators.provider.http.Endpoint.Call;
import io.weir.simulators.provider.http.Exchange;
import io.weir.simulators.provider.http.Exchanges;
import io.weir.simulators.provider.http.Reply;
import java.time.InstantSource;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/// Answers `/v1/**` as OpenAI does. Chat completions, embeddings and moderations are faulted, limited and counted; the
/// model list is not.
public final class OpenAiDialect implements Dialect {

    private static final String ROOT = "/v1/";
    private static final String CHAT = "/v1/chat/completions";
    private static final String EMBEDDINGS = "/v1/embeddings";
    private static final String MODERATIONS = "/v1/moderations";
    private static final String MODELS = "/v1/models";

    private final CountedCalls calls;
    private final ChatModel chatModel;
    private final Embeddings embeddings;

    public OpenAiDialect(Behaviours behaviours, Exchanges exchanges, Tokenizer tokenizer, InstantSource clock) {
        this.calls = new CountedCalls(new OpenAiRules(), behaviours, exchanges);
        this.chatModel = new ChatModel(new Author(tokenizer), new PromptCache(tokenizer), clock);
        this.embeddings = new Embeddings(tokenizer);
    }

    @Override
    public boolean owns(String path) {
        return path.startsWith(ROOT);
    }

    @Override
    public Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        if (request.method().equals(HttpMethod.POST) && path.equals(CHAT)) {
            return calls.answer(this::chat, request, response);
        }
        if (request.method().equals(HttpMethod.POST) && path.equals(EMBEDDINGS)) {
            return calls.answer(this::embeddings, request, response);
        }
        if (request.method().equals(HttpMethod.POST) && path.equals(MODERATIONS)) {
            return calls.answer(OpenAiDialect::moderations, request, response);
        }
        return lookUp(path, request, response);
    }

    private Answering chat(Call call) {
        JsonNode parsed = ChatRequestReader.parse(call.body());
        Exchange exchange = call.exchange();
        exchange.asksFor(
                parsed.path("model").asString(""), parsed.path("stream").asBoolean(false));
        ChatRequest request = ChatRequestReader.read(parsed);
        Completion completion = chatModel.complete(request, call.key(), call.behaviour());
        exchange.answersAs(completion.id());
        return () -> send(request, completion, call.behaviour(), exchange);
    }

    private static Mono<Void> send(ChatRequest request, Completion completion, Behaviour behaviour, Exchange exchange) {
        if (request.stream()) {
            return exchange.stream(
                    ChatBodies.streamed(completion, request.includeUsage(), behaviour.usageMissing()),
                    OpenAiRules.headers(exchange),
                    behaviour);
        }
        return exchange.reply(new Reply(
                200,
                OpenAiRules.headers(exchange),
                ChatBodies.whole(completion, behaviour.usageMissing()),
                completion.prompt().generating(completion.completionTokens(), completion.reasoningTokens())));
    }

    private Answering embeddings(Call call) {
        JsonNode parsed = ChatRequestReader.parse(call.body());
        call.exchange().asksFor(parsed.path("model").asString(""), false);
        Reply reply = embeddings.answer(parsed, call.behaviour().usageMissing());
        return () -> call.exchange().reply(reply.with(OpenAiRules.headers(call.exchange())));
    }

    private static Answering moderations(Call call) {
        JsonNode parsed = ChatRequestReader.parse(call.body());
        call.exchange().asksFor(parsed.path("model").asString(""), false);
        Reply reply = Moderations.answer(parsed);
        return () -> call.exchange().reply(reply.with(OpenAiRules.headers(call.exchange())));
    }

    private static Mono<Void> lookUp(String path, HttpServerRequest request, HttpServerResponse response) {
        Map<String, String> headers = OpenAiRules.headers(Exchanges.newRequestId(), 0);
        return Mono.fromCallable(() -> Reply.uncounted(200, headers, model(path, request)))
                .onErrorResume(failure -> Mono.just(OpenAiErrors.reply(OpenAiRules.asRefusal(failure), headers)))
                .flatMap(reply -> reply.writeTo(response));
    }

    private static String model(String path, HttpServerRequest request) {
        boolean models = path.equals(MODELS) || path.startsWith(MODELS + "/");
        if (!models && !path.equals(CHAT) && !path.equals(EMBEDDINGS) && !path.equals(MODERATIONS)) {
            throw OpenAiErrors.unknownPath(request.method().name(), path);
        }
        if (!models || !request.method().equals(HttpMethod.GET)) {
            throw OpenAiErrors.wrongMethod(request.method().name(), path);
        }
        OpenAiRules.keyOf(request);
        return path.equals(MODELS) ? OpenAiModels.list() : OpenAiModels.one(path.substring(MODELS.length() + 1));
    }
}
