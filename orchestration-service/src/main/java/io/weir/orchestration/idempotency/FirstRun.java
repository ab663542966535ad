package io.weir.orchestration.idempotency;

import io.weir.orchestration.idempotency.Claims.Reason;
import io.weir.orchestration.inference.CallWitness;
import io.weir.orchestration.inference.OpenCalls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/// A request that got its key: it runs to its end whether or not its client stays, and what came of it is known under
/// the key before the client has the end of it.
final class FirstRun implements TakenDown.Taker {

    private static final Logger LOG = LoggerFactory.getLogger(FirstRun.class);
    private static final Duration KEEPING = Duration.ofSeconds(3);

    /// What all of them work with.
    record Parts(Claims claims, IdempotencyProperties properties, IdempotencyMeters meters, OpenCalls open) {}

    private final Parts parts;
    private final Claim claim;
    private final WaitingClient client;
    private final CallWitness witness = new CallWitness();
    private final Renewal renewal;

    private FirstRun(Parts parts, Claim claim, WaitingClient client) {
        this.parts = parts;
        this.claim = claim;
        this.client = client;
        this.renewal =
                Renewal.of(parts.claims(), claim, parts.properties().claim().dividedBy(3));
    }

    /// Runs the request, whose key was claimed, and answers the client, who may leave.
    static void begin(
            Parts parts,
            Claim claim,
            ServerRequest request,
            HandlerFunction<ServerResponse> handler,
            WaitingClient client) {
        FirstRun run = new FirstRun(parts, claim, client);
        Mono.defer(() -> handler.handle(request))
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("no answer of " + request.path())))
                .flatMap(answer -> TakenDown.write(answer, request.exchange(), run))
                .contextWrite(own -> run.witness.in(own.putAll(client.context())))
                .subscribe(none -> {}, run::failed);
    }

    private void failed(Throwable failure) {
        end(ended()).subscribe(none -> {}, unexpected -> client.fail(failure), () -> client.fail(failure));
    }

    // Without a whole answer.
    private Mono<Void> ended() {
        return notSpent() ? parts.claims().release(claim) : kept(parts.claims().mark(claim, Reason.BROKEN));
    }

    private boolean notSpent() {
        return switch (witness.money()) {
            case UNTOUCHED, RELEASED -> true;
            case HELD, SPENT, SPENT_IN_VAIN -> false;
        };
    }

    @Override
    public Mono<Void> whole(HttpStatusCode status, HttpHeaders headers, byte[] body) {
        return end(whole(new KeptAnswer(KeptAnswer.Head.of(status, headers), body)))
                .then(ServerResponse.status(status)
                        .headers(own -> own.addAll(headers))
                        .body((message, context) -> message.writeWith(
                                Mono.fromSupplier(() -> message.bufferFactory().wrap(body)))))
                .doOnNext(client::answer)
                .then();
    }

    private Mono<Void> whole(KeptAnswer answer) {
        boolean good = HttpStatusCode.valueOf(answer.head().status()).is2xxSuccessful();
        if (good) {
            return keep(answer.head(), answer.body().length > largest() ? null : answer.body());
        }
        return ended();
    }

    @Override
    public Mono<Void> stream(HttpStatusCode status, HttpHeaders headers, Flux<byte[]> frames) {
        KeptAnswer.Head head = KeptAnswer.Head.of(status, headers);
        return Mono.create(written -> {
            KeptStream running = new KeptStream(
                    largest(),
                    over -> end(over(head, over)).subscribe(none -> {}, unexpected -> {}, () -> {
                        over.end();
                        written.success();
                    }));
            frames.contextWrite(written.contextView()).subscribe(running);
            client.whenLeft(running::goOnAlone);
            begun(status, headers, running);
        });
    }

    private void begun(HttpStatusCode status, HttpHeaders headers, KeptStream running) {
        ServerResponse.status(status)
                .headers(own -> own.addAll(headers))
                .body((message, context) -> message.writeAndFlushWith(running.forClient()
                                .map(bytes -> Mono.just(message.bufferFactory().wrap(bytes))))
                        .doOnError(unwritten -> running.goOnAlone())
                        .doOnCancel(running::goOnAlone))
                .subscribe(client::answer);
    }

    private Mono<Void> over(KeptAnswer.Head head, KeptStream over) {
        if (over.isBroken()) {
            return kept(parts.claims().mark(claim, Reason.BROKEN));
        }
        byte[] bytes = over.bytes();
        return switch (witness.money()) {
            case UNTOUCHED, SPENT -> keep(head, bytes);
            case RELEASED -> parts.claims().release(claim);
            case HELD, SPENT_IN_VAIN ->
                kept(parts.claims().mark(claim, bytes == null ? Reason.TOO_LARGE : Reason.BROKEN));
        };
    }

    private int largest() {
        return Math.toIntExact(parts.properties().largest().toBytes());
    }

    private Mono<Void> keep(KeptAnswer.Head head, byte @Nullable [] body) {
        return kept(
                body == null
                        ? parts.claims().mark(claim, Reason.TOO_LARGE)
                        : parts.claims().keep(claim, new KeptAnswer(head, body)));
    }

    // The answer is the client's also where it cannot be kept.
    private Mono<Void> kept(Mono<Boolean> keeping) {
        return keeping.retryWhen(Retry.backoff(5, Duration.ofMillis(50)))
                .timeout(KEEPING)
                .doOnError(failure -> lost("Redis did not take it", failure))
                .doOnNext(ours -> {
                    if (!ours) {
                        lost("another request took its key meanwhile", null);
                    }
                })
                .onErrorComplete()
                .then();
    }

    private void lost(String why, @Nullable Throwable failure) {
        parts.meters().countLost();
        LOG.warn("What came of request {} is not kept under its idempotency key: {}", claim.requestId(), why, failure);
    }

    // A shutdown waits for it, and the key is nobody's but by it.
    private Mono<Void> end(Mono<Void> ending) {
        return Mono.defer(() -> {
            parts.open().begin();
            return renewal.stop()
                    .then(ending)
                    .onErrorComplete()
                    .doFinally(end -> parts.open().end());
        });
    }
}
