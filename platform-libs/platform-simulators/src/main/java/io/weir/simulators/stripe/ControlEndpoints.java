package io.weir.simulators.stripe;

import io.weir.simulators.stripe.behaviour.BehaviourBody;
import io.weir.simulators.stripe.behaviour.Conduct;
import io.weir.simulators.stripe.behaviour.InvalidBehaviourException;
import io.weir.simulators.stripe.behaviour.StripeBehaviour;
import io.weir.simulators.stripe.wire.StripeAnswer;
import io.weir.simulators.stripe.wire.StripeException;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `/_behaviour` and `/_state`: how tests steer and read the simulator. Stripe has neither.
final class ControlEndpoints {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Conduct conduct;
    private final StateText state;

    ControlEndpoints(Conduct conduct, StateText state) {
        this.conduct = conduct;
        this.state = state;
    }

    Publisher<Void> answer(String path, HttpServerRequest request, HttpServerResponse response) {
        return switch (request.method().name() + " " + path) {
            case "GET /_behaviour" -> current().writeTo(response);
            case "PUT /_behaviour" -> change(request).flatMap(answer -> answer.writeTo(response));
            case "DELETE /_behaviour" -> reset(response);
            case "GET /_state" -> sendState(request, response);
            default ->
                StripeException.unknownRoute(request.method().name(), path)
                        .answer()
                        .writeTo(response);
        };
    }

    private Publisher<Void> sendState(HttpServerRequest request, HttpServerResponse response) {
        boolean summary = request.uri().contains("summary=true");
        return response.header("content-type", "application/json")
                .sendString(summary ? state.summary() : state.whole());
    }

    private Mono<StripeAnswer> change(HttpServerRequest request) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .map(body -> {
                    conduct.set(new BehaviourBody(JSON.readTree(body)).read());
                    return current();
                })
                .onErrorResume(
                        InvalidBehaviourException.class,
                        invalid -> Mono.just(refused(String.valueOf(invalid.getMessage()), invalid.field())))
                .onErrorResume(
                        JacksonException.class, unreadable -> Mono.just(refused("body: not a JSON object", "body")));
    }

    private Mono<Void> reset(HttpServerResponse response) {
        return Mono.fromRunnable(() -> conduct.set(StripeBehaviour.DEFAULT))
                .then(Mono.defer(() -> response.status(204).send()));
    }

    private StripeAnswer current() {
        return StripeAnswer.ok(BehaviourBody.of(conduct.current()));
    }

    private static StripeAnswer refused(String message, String field) {
        ObjectNode error = JSON.createObjectNode().put("message", message).put("field", field);
        ObjectNode body = JSON.createObjectNode();
        body.set("error", error);
        return new StripeAnswer(400, body.toString(), Map.of());
    }
}
