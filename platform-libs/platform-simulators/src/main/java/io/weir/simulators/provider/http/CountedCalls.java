package io.weir.simulators.provider.http;

import io.weir.simulators.provider.behaviour.Admission;
import io.weir.simulators.provider.behaviour.Behaviour;
import io.weir.simulators.provider.behaviour.Behaviours;
import io.weir.simulators.provider.http.Endpoint.Answering;
import io.weir.simulators.provider.http.Endpoint.Call;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// The way of every counted call of one provider: body, key, admission, answer, ledger. Safe for concurrent use.
public final class CountedCalls {

    // Parsing and counting a larger body would hold up the other calls of its event loop.
    private static final int LARGE_BODY = 16 * 1024;

    private final ProviderRules rules;
    private final Behaviours behaviours;
    private final Exchanges exchanges;

    public CountedCalls(ProviderRules rules, Behaviours behaviours, Exchanges exchanges) {
        this.rules = rules;
        this.behaviours = behaviours;
        this.exchanges = exchanges;
    }

    /// Answers one request; ends in one entry of the ledger, whatever becomes of it.
    public Mono<Void> answer(Endpoint endpoint, HttpServerRequest request, HttpServerResponse response) {
        Exchange exchange = exchanges.open(rules.provider(), request, response);
        return RequestBody.read(request)
                .flatMap(body -> admitted(endpoint, body, request, exchange))
                .onErrorResume(failure -> refuse(failure, exchange))
                .doFinally(exchange::close);
    }

    private Mono<Void> admitted(Endpoint endpoint, byte[] body, HttpServerRequest request, Exchange exchange) {
        String key = rules.authorise(request);
        return switch (behaviours.admit(rules.provider())) {
            case Admission.Throttled throttled -> Mono.error(rules.throttled(throttled));
            case Admission.Failed(int status) -> Mono.error(rules.injected(status));
            case Admission.Served(Behaviour behaviour) -> serve(endpoint, new Call(body, key, behaviour, exchange));
        };
    }

    private static Mono<Void> serve(Endpoint endpoint, Call call) {
        Mono<Answering> answer = Mono.fromCallable(() -> endpoint.prepare(call));
        Mono<Answering> prepared =
                call.body().length > LARGE_BODY ? answer.subscribeOn(Schedulers.boundedElastic()) : answer;
        return prepared.flatMap(
                ready -> call.exchange().pause(call.behaviour().latency()).then(Mono.defer(ready::send)));
    }

    private Mono<Void> refuse(Throwable failure, Exchange exchange) {
        return failure instanceof AbortedException
                ? Mono.error(failure)
                : exchange.reply(rules.refusal(failure, exchange));
    }
}
