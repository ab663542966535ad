package io.weir.orchestration.idempotency;

import io.weir.orchestration.idempotency.Claims.Found;
import io.weir.orchestration.idempotency.Claims.Found.Answered;
import io.weir.orchestration.idempotency.Claims.Found.Free;
import io.weir.orchestration.idempotency.Claims.Found.NotKept;
import io.weir.orchestration.idempotency.Claims.Found.OtherRequest;
import io.weir.orchestration.idempotency.Claims.Found.Running;
import io.weir.orchestration.idempotency.IdempotencyMeters.Result;
import io.weir.orchestration.inference.ClientExchange;
import io.weir.orchestration.inference.LargeBodies;
import io.weir.orchestration.inference.RequestIds;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import java.util.Optional;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.server.HandlerFilterFunction;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Runs a request that names an `Idempotency-Key` once, and gives its answer to every repetition. To be put around the
/// handler of a route that costs money, behind the route's declaration of who may call it.
///
/// Fails closed: without Redis a request that names a key is refused (503, `weir.idempotency.requests` with `refused`),
/// since it asked for what nobody can promise then. One that names none never asks Redis.
final class OncePerKey implements HandlerFilterFunction<ServerResponse, ServerResponse> {

    private final FirstRun.Parts parts;

    OncePerKey(FirstRun.Parts parts) {
        this.parts = parts;
    }

    @Override
    public Mono<ServerResponse> filter(ServerRequest request, HandlerFunction<ServerResponse> handler) {
        Optional<IdempotencyKey> key = IdempotencyKey.of(request);
        return key.isEmpty() ? handler.handle(request) : once(key.get(), request, handler);
    }

    private Mono<ServerResponse> once(
            IdempotencyKey key, ServerRequest request, HandlerFunction<ServerResponse> handler) {
        String requestId = RequestIds.of(request);
        Passport passport = Access.passport(request);
        return ClientExchange.body(request)
                .flatMap(body -> LargeBodies.read(
                                body,
                                () -> Claim.of(
                                        passport.tenant().id(),
                                        passport.keyId(),
                                        key,
                                        requestId,
                                        request.method().name(),
                                        request.path(),
                                        body))
                        .flatMap(claim ->
                                WaitingClient.of(client -> claim(claim, unread(request, body), handler, client))));
    }

    private static ServerRequest unread(ServerRequest request, byte[] body) {
        return ServerRequest.from(request)
                .body(Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(body))))
                .build();
    }

    // Apart from the client's subscription: a key that was claimed for a client that left would be nobody's.
    private void claim(
            Claim claim, ServerRequest request, HandlerFunction<ServerResponse> handler, WaitingClient client) {
        parts.claims()
                .claim(claim)
                .contextWrite(client.context())
                .subscribe(
                        found -> {
                            if (found instanceof Free) {
                                parts.meters().count(Result.RAN);
                                FirstRun.begin(parts, claim, request, handler, client);
                            } else {
                                answer(found, claim, request).subscribe(client::answer, client::fail);
                            }
                        },
                        away -> refuse(claim, client, away));
    }

    private void refuse(Claim claim, WaitingClient client, Throwable away) {
        parts.meters().count(Result.REFUSED);
        // It may have been taken although the answer did not come.
        parts.claims().release(claim).onErrorComplete().subscribe();
        client.fail(new PlatformException(
                ProblemType.SERVICE_UNAVAILABLE,
                "It cannot be known at present whether this Idempotency-Key was used before, so nothing was done. Try"
                        + " again in a moment.",
                away));
    }

    private Mono<ServerResponse> answer(Found found, Claim claim, ServerRequest request) {
        return switch (found) {
            case Free free -> throw new IllegalStateException("a free key is claimed");
            case Running(String first) -> refused(Result.IN_PROGRESS, inProgress(request, first));
            case OtherRequest(String first) -> refused(Result.KEY_REUSED, reused(first));
            case NotKept(String first, Claims.Reason why) -> refused(Result.NOT_KEPT, notKept(first, why));
            case Answered(String first, KeptAnswer kept) -> {
                parts.meters().count(Result.REPLAYED);
                yield kept.again(first, claim.requestId());
            }
        };
    }

    private Mono<ServerResponse> refused(Result result, PlatformException problem) {
        parts.meters().count(result);
        return Mono.error(problem);
    }

    private static PlatformException inProgress(ServerRequest request, String first) {
        request.exchange().getResponse().getHeaders().set("retry-after", "1");
        return PlatformException.of(
                ProblemType.IDEMPOTENCY_IN_PROGRESS,
                IdempotencyKey.HEADER,
                "Request " + first + " with this Idempotency-Key still runs. Ask again for its answer in a second.");
    }

    private static PlatformException reused(String first) {
        return PlatformException.of(
                ProblemType.IDEMPOTENCY_KEY_REUSED,
                IdempotencyKey.HEADER,
                "This Idempotency-Key was used by request " + first
                        + " for another path or body. Use a new key for each request.");
    }

    private PlatformException notKept(String first, Claims.Reason why) {
        String what = switch (why) {
            case TOO_LARGE ->
                "is larger than the " + parts.properties().largest().toBytes() + " bytes that are kept";
            case BROKEN -> "broke off";
            case CROWDED_OUT ->
                "had to go: a tenant's answers are kept up to "
                        + parts.properties().perTenant().toBytes() + " bytes";
        };
        return PlatformException.of(
                ProblemType.IDEMPOTENCY_ANSWER_NOT_KEPT,
                IdempotencyKey.HEADER,
                "Request " + first + " with this Idempotency-Key ran and is billed, but its answer " + what
                        + ". Use a new key to run it again, which is billed again.");
    }
}
