package io.weir.simulators.provider;

import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.behaviour.BehaviourChange;
import io.weir.simulators.provider.behaviour.Behaviours;
import io.weir.simulators.provider.behaviour.InvalidBehaviourException;
import io.weir.simulators.provider.http.Reply;
import io.weir.simulators.provider.http.RequestBody;
import io.weir.simulators.provider.ledger.ServedRequests;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/_behaviour` and `/_ledger`: how tests steer and read the simulator. No provider has these.
final class ControlEndpoints {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Behaviours behaviours;
    private final ServedRequests ledger;

    ControlEndpoints(Behaviours behaviours, ServedRequests ledger) {
        this.behaviours = behaviours;
        this.ledger = ledger;
    }

    Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        return switch (request.method().name() + " " + path) {
            case "GET /_behaviour" -> json(200, currentBehaviour()).writeTo(response);
            case "PUT /_behaviour" -> change(request).flatMap(reply -> reply.writeTo(response));
            case "DELETE /_behaviour" -> done(behaviours::reset, response);
            case "GET /_ledger" -> sendLedger(request, response);
            case "DELETE /_ledger" -> done(ledger::clear, response);
            default ->
                json(404, error("No such endpoint: " + request.method() + " " + path, null))
                        .writeTo(response);
        };
    }

    private Mono<Reply> change(HttpServerRequest request) {
        return RequestBody.read(request)
                .map(this::apply)
                .onErrorResume(
                        InvalidBehaviourException.class,
                        invalid -> Mono.just(json(400, error(invalid.explanation(), invalid.field()))))
                .onErrorResume(
                        JacksonException.class,
                        unreadable -> Mono.just(json(400, error("body: not a JSON object", "body"))));
    }

    private Reply apply(byte[] body) {
        behaviours.apply(BehaviourChange.read(JSON.readTree(body)));
        return json(200, currentBehaviour());
    }

    private ObjectNode currentBehaviour() {
        ObjectNode current = JSON.createObjectNode();
        behaviours.current().forEach((provider, behaviour) -> current.set(provider.wireName(), wireOf(behaviour)));
        return current;
    }

    private static ObjectNode wireOf(Behaviour behaviour) {
        return JSON.createObjectNode()
                .put("latencyMs", behaviour.latency().toMillis())
                .put("chunkDelayMs", behaviour.chunkDelay().toMillis())
                .put("outputTokens", behaviour.outputTokens())
                .put("reasoningTokens", behaviour.reasoningTokens())
                .put("cachedTokens", behaviour.cachedTokens())
                .put("cacheWriteTokens", behaviour.cacheWriteTokens())
                .put("errorRate", behaviour.errorRate())
                .put("errorStatus", behaviour.errorStatus())
                .put("requestsPerMinute", behaviour.requestsPerMinute())
                .put("seed", behaviour.seed())
                .put("cutAfterChunks", behaviour.cutAfterChunks())
                .put("stallAfterChunks", behaviour.stallAfterChunks())
                .put("usageMissing", behaviour.usageMissing());
    }

    private Publisher<Void> sendLedger(HttpServerRequest request, HttpServerResponse response) {
        boolean summary = request.uri().contains("summary=true");
        Flux<String> text = summary ? LedgerText.summary(ledger.summary()) : LedgerText.whole(ledger.snapshot());
        return response.header("content-type", "application/json").sendString(text);
    }

    private static Mono<Void> done(Runnable action, HttpServerResponse response) {
        return Mono.fromRunnable(action)
                .then(Mono.defer(() -> response.status(204).send()));
    }

    private static Reply json(int status, ObjectNode body) {
        return Reply.uncounted(status, Map.of(), body.toString());
    }

    private static ObjectNode error(String message, @Nullable String field) {
        ObjectNode envelope = JSON.createObjectNode();
        envelope.putObject("error")
                .put("message", message)
                .put("type", "invalid_request_error")
                .put("param", field)
                .putNull("code");
        return envelope;
    }
}
