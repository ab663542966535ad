package io.weir.orchestration.moderation;

import io.micrometer.tracing.TraceContext;
import io.weir.observability.TracedRequest;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.inference.CallParts;
import io.weir.orchestration.inference.ClientExchange;
import io.weir.orchestration.inference.PlainCall;
import io.weir.orchestration.inference.RequestIds;
import io.weir.orchestration.moderation.ModerationAdmission.Arrival;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /v1/moderations`.
record ModerationHandler(ModerationAdmission admission, CallParts parts) {

    Mono<ServerResponse> moderate(ServerRequest request) {
        long at = System.nanoTime();
        Passport passport = Access.passport(request);
        String requestId = RequestIds.of(request);
        Tags tags = Tags.read(request.headers().header(Tags.HEADER));
        TraceContext trace = TracedRequest.sampled(request.exchange());
        return ClientExchange.body(request)
                .flatMap(body -> admission.admit(new Arrival(requestId, passport, tags, at, trace), body))
                .doOnNext(call -> ClientExchange.tell(request, parts.tokensLeft(call)))
                .flatMap(call -> new PlainCall(
                                call,
                                parts,
                                new ModerationAnswers(call.request().results()))
                        .run()
                        .flatMap(answered -> ClientExchange.whole(call, answered)))
                .onErrorMap(ProviderFailure.class, failure -> ClientExchange.explained(request, failure));
    }
}
