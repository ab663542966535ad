package io.weir.simulators.provider.anthropic;

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
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/// Answers `/anthropic/v1/messages` as Anthropic answers `/v1/messages`.
public final class AnthropicDialect implements Dialect {

    private static final String ROOT = "/anthropic/";
    private static final String MESSAGES = "/anthropic/v1/messages";

    private final CountedCalls calls;
    private final MessageModel model;

    public AnthropicDialect(Behaviours behaviours, Exchanges exchanges, Tokenizer tokenizer) {
        this.calls = new CountedCalls(new AnthropicRules(), behaviours, exchanges);
        this.model = new MessageModel(new Author(tokenizer), new PromptCache(tokenizer));
    }

    @Override
    public boolean owns(String path) {
        return path.startsWith(ROOT);
    }

    @Override
    public Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        if (!path.equals(MESSAGES)) {
            return refused(404, "not_found_error", "Not Found").writeTo(response);
        }
        return request.method().equals(HttpMethod.POST)
                ? calls.answer(this::messages, request, response)
                : refused(405, "invalid_request_error", "Method Not Allowed").writeTo(response);
    }

    private Answering messages(Call call) {
        JsonNode parsed = MessageRequestReader.parse(call.body());
        Exchange exchange = call.exchange();
        exchange.asksFor(
                parsed.path("model").asString(""), parsed.path("stream").asBoolean(false));
        MessageRequest request = MessageRequestReader.read(parsed);
        Message message = model.answer(request, call.key(), call.behaviour());
        exchange.answersAs(message.id());
        return () -> send(request, message, call.behaviour(), exchange);
    }

    private static Mono<Void> send(MessageRequest request, Message message, Behaviour behaviour, Exchange exchange) {
        Map<String, String> headers = AnthropicRules.headers(exchange.requestId());
        if (request.stream()) {
            return exchange.stream(MessageEvents.streamed(message, behaviour.usageMissing()), headers, behaviour);
        }
        return exchange.reply(new Reply(
                200,
                headers,
                MessageBodies.whole(message, behaviour.usageMissing()),
                message.prompt()
                        .generating(message.answer().tokens(), message.answer().reasoningTokens())));
    }

    private static Reply refused(int status, String type, String message) {
        return AnthropicRules.reply(new AnthropicException(status, type, message, Map.of()), Exchanges.newRequestId());
    }
}
