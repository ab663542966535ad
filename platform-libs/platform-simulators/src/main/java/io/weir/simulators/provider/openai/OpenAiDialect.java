package io.weir.simulators.provider.openai;

import io.netty.handler.codec.http.HttpMethod;
import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.behaviour.Behaviours;
import io.weir.simulators.provider.behaviour.Provider;
import io.weir.simulators.provider.generation.Tokenizer;
import io.weir.simulators.provider.http.Dialect;
import io.weir.simulators.provider.http.Exchange;
import io.weir.simulators.provider.http.Exchanges;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.http.RequestBody;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/// Answers `/v1/**` as OpenAI does. Any bearer key is good except one that starts with `sk-invalid`. Only chat
/// completions are faulted, limited and counted; the model list is not.
public final class OpenAiDialect implements Dialect {

    private static final Logger LOG = LoggerFactory.getLogger(OpenAiDialect.class);

    private static final String ROOT = "/v1/";
    private static final String CHAT = "/v1/chat/completions";
    private static final String MODELS = "/v1/models";
    private static final String BEARER = "Bearer ";
    private static final String BAD_KEY = "sk-invalid";

    // Parsing and counting a larger body would hold up the other calls of its event loop.
    private static final int LARGE_BODY = 16 * 1024;

    private final Behaviours behaviours;
    private final Exchanges exchanges;
    private final ChatModel chatModel;

    public OpenAiDialect(Behaviours behaviours, Exchanges exchanges, Tokenizer tokenizer, InstantSource clock) {
        this.behaviours = behaviours;
        this.exchanges = exchanges;
        this.chatModel = new ChatModel(tokenizer, clock);
    }

    @Override
    public boolean owns(String path) {
        return path.startsWith(ROOT);
    }

    @Override
    public Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        return path.equals(CHAT) && request.method().equals(HttpMethod.POST)
                ? chat(request, response)
                : lookUp(path, request, response);
    }

    private Mono<Void> chat(HttpServerRequest request, HttpServerResponse response) {
        Exchange exchange = exchanges.open(Provider.OPENAI, response);
        return RequestBody.read(request)
                .flatMap(body -> admitted(body, request, exchange))
                .onErrorResume(failure -> refuse(failure, exchange))
                .doFinally(exchange::close);
    }

    private Mono<Void> admitted(byte[] body, HttpServerRequest request, Exchange exchange) {
        authorise(request);
        return switch (behaviours.admit(Provider.OPENAI)) {
            case Admission.Throttled throttled -> Mono.error(OpenAiErrors.throttled(throttled));
            case Admission.Failed(int status) -> Mono.error(OpenAiErrors.injected(status));
            case Admission.Served(Behaviour behaviour) -> serve(body, behaviour, exchange);
        };
    }

    private Mono<Void> serve(byte[] body, Behaviour behaviour, Exchange exchange) {
        Mono<Answer> answer = Mono.fromCallable(() -> prepare(body, behaviour, exchange));
        Mono<Answer> prepared = body.length > LARGE_BODY ? answer.subscribeOn(Schedulers.boundedElastic()) : answer;
        return prepared.flatMap(
                ready -> exchange.pause(behaviour.latency()).then(Mono.defer(() -> send(ready, behaviour, exchange))));
    }

    private Answer prepare(byte[] body, Behaviour behaviour, Exchange exchange) {
        JsonNode parsed = ChatRequestReader.parse(body);
        exchange.asksFor(
                parsed.path("model").asString(""), parsed.path("stream").asBoolean(false));
        ChatRequest request = ChatRequestReader.read(parsed);
        Completion completion = chatModel.complete(request, behaviour);
        exchange.answersAs(completion.id());
        return new Answer(request, completion);
    }

    private static Mono<Void> send(Answer answer, Behaviour behaviour, Exchange exchange) {
        Completion completion = answer.completion();
        Map<String, String> headers =
                standardHeaders(exchange.requestId(), exchange.elapsed().toMillis());
        if (answer.request().stream()) {
            return exchange.stream(
                    ChatBodies.streamed(completion, answer.request().includeUsage(), behaviour.usageMissing()),
                    headers,
                    behaviour);
        }
        String whole = ChatBodies.whole(completion, behaviour.usageMissing());
        return exchange.reply(new Reply(200, headers, whole, completion.promptTokens(), completion.completionTokens()));
    }

    private static Mono<Void> refuse(Throwable failure, Exchange exchange) {
        if (failure instanceof AbortedException) {
            return Mono.error(failure);
        }
        return exchange.reply(OpenAiErrors.reply(
                asRefusal(failure),
                standardHeaders(exchange.requestId(), exchange.elapsed().toMillis())));
    }

    private static Mono<Void> lookUp(String path, HttpServerRequest request, HttpServerResponse response) {
        Map<String, String> headers = standardHeaders(Exchanges.newRequestId(), 0);
        return Mono.fromCallable(() -> Reply.uncounted(200, headers, model(path, request)))
                .onErrorResume(failure -> Mono.just(OpenAiErrors.reply(asRefusal(failure), headers)))
                .flatMap(reply -> reply.writeTo(response));
    }

    private static String model(String path, HttpServerRequest request) {
        boolean models = path.equals(MODELS) || path.startsWith(MODELS + "/");
        if (!models && !path.equals(CHAT)) {
            throw OpenAiErrors.unknownPath(request.method().name(), path);
        }
        if (!models || !request.method().equals(HttpMethod.GET)) {
            throw OpenAiErrors.wrongMethod(request.method().name(), path);
        }
        authorise(request);
        return path.equals(MODELS) ? OpenAiModels.list() : OpenAiModels.one(path.substring(MODELS.length() + 1));
    }

    private static void authorise(HttpServerRequest request) {
        String authorization =
                Objects.requireNonNullElse(request.requestHeaders().get("authorization"), "");
        if (!authorization.startsWith(BEARER) || authorization.length() == BEARER.length()) {
            throw OpenAiErrors.noKey();
        }
        String key = authorization.substring(BEARER.length());
        if (key.startsWith(BAD_KEY)) {
            throw OpenAiErrors.wrongKey(key);
        }
    }

    private static OpenAiException asRefusal(Throwable failure) {
        return switch (failure) {
            case OpenAiException refusal -> refusal;
            case RequestBody.TooLargeException tooLarge ->
                OpenAiException.refused(413, null, null, "The request is too large: " + tooLarge.getMessage());
            default -> {
                LOG.error("The simulator failed; the call is answered 500", failure);
                yield OpenAiErrors.serverError(500, "The server had an error while processing your request.");
            }
        };
    }

    private static Map<String, String> standardHeaders(String requestId, long processingMillis) {
        return Map.of(
                "x-request-id",
                requestId,
                "openai-processing-ms",
                Long.toString(processingMillis),
                "openai-organization",
                "simulated",
                "openai-version",
                "2020-10-01");
    }

    private record Answer(ChatRequest request, Completion completion) {}
}
