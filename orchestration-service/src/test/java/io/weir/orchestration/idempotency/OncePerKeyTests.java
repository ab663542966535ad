package io.weir.orchestration.idempotency;

import static io.weir.orchestration.idempotency.Caller.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ledger.Outcome;
import io.weir.orchestration.idempotency.Caller.Sent;
import io.weir.orchestration.inference.Books;
import io.weir.orchestration.inference.ClientExchange;
import io.weir.orchestration.inference.OpenCalls;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.testing.EventLoops;
import io.weir.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class OncePerKeyTests {

    static {
        EventLoops.guard();
    }

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RememberedClaims claims = new RememberedClaims();
    private final AtomicInteger runs = new AtomicInteger();

    private HandlerFunction<ServerResponse> once(HandlerFunction<ServerResponse> handler) {
        return once(claims, Duration.ofSeconds(30), handler);
    }

    private HandlerFunction<ServerResponse> once(
            Claims where, Duration claim, HandlerFunction<ServerResponse> handler) {
        IdempotencyProperties properties = new IdempotencyProperties(Duration.ofHours(24), DataSize.ofBytes(64), claim);
        FirstRun.Parts parts =
                new FirstRun.Parts(where, properties, new IdempotencyMeters(registry), new OpenCalls(registry));
        return new OncePerKey(parts).apply(request -> {
            runs.incrementAndGet();
            return handler.handle(request);
        });
    }

    private double counted(String result) {
        return registry.counter("weir.idempotency.requests", "result", result).count();
    }

    /// Answers what it was sent, and is paid for it.
    private static Mono<ServerResponse> echo(ServerRequest request) {
        return ClientExchange.body(request)
                .flatMap(body -> Mono.deferContextual(context -> {
                    Books.settled(context, Outcome.COMPLETED);
                    return ServerResponse.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .header("x-cost-usd", "0.25")
                            .header(
                                    "x-request-id",
                                    String.valueOf(request.headers().firstHeader("x-request-id")))
                            .header("x-served-model", "m")
                            .bodyValue("you said " + new String(body, StandardCharsets.UTF_8));
                }));
    }

    private static void refusedAs(ProblemType type, Sent sent) {
        assertThatThrownBy(sent::whole)
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        problem -> assertThat(problem.type()).isEqualTo(type));
    }

    @Test
    void withoutAKeyBothRunAndNobodyIsAsked() {
        Caller caller = Caller.of(once(OncePerKeyTests::echo));
        assertThat(caller.post(null, "request-1", "a").whole().body()).isEqualTo("you said a");
        assertThat(caller.post(null, "request-2", "a").whole().body()).isEqualTo("you said a");
        assertThat(runs).hasValue(2);
        assertThat(claims.asked()).isZero();
    }

    @Test
    void theRepetitionGetsTheAnswerForNothing() {
        Caller caller = Caller.of(once(OncePerKeyTests::echo));
        Sent first = caller.post("k", "request-1", "a").whole();
        assertThat(first.body()).isEqualTo("you said a");
        assertThat(first.header("x-cost-usd")).isEqualTo("0.25");
        assertThat(first.header("x-idempotent-replayed")).isNull();

        Sent second = caller.post("k", "request-2", "a").whole();
        assertThat(runs).hasValue(1);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo("you said a");
        assertThat(second.header("content-type")).isEqualTo(first.header("content-type"));
        assertThat(second.header("x-served-model")).isEqualTo("m");
        assertThat(second.header("x-idempotent-replayed")).isEqualTo("true");
        assertThat(second.header("x-request-id")).isEqualTo("request-2");
        assertThat(second.header("x-original-request-id")).isEqualTo("request-1");
        assertThat(second.header("x-cost-usd")).isEqualTo("0");
        assertThat(counted("ran")).isEqualTo(1);
        assertThat(counted("replayed")).isEqualTo(1);
    }

    @Test
    void anotherBodyIsRefusedAndAnotherTenantRuns() {
        Caller caller = Caller.of(once(OncePerKeyTests::echo));
        caller.post("k", "request-1", "a").whole();
        refusedAs(ProblemType.IDEMPOTENCY_KEY_REUSED, caller.post("k", "request-2", "b"));
        Caller other = Caller.of(caller.handler());
        Sent own = other.post("k", "request-3", "a").whole();
        assertThat(own.header("x-idempotent-replayed")).isNull();
        assertThat(runs).hasValue(2);
    }

    @Test
    void ofManyAtOnceOneRunsAndTheOthersAreToldToAskAgain() {
        Sinks.Empty<Void> gate = Sinks.empty();
        Caller caller = Caller.of(once(request -> gate.asMono().then(Mono.defer(() -> echo(request)))));
        List<Throwable> refusals = new CopyOnWriteArrayList<>();
        AtomicInteger answered = new AtomicInteger();
        for (int i = 0; i < 32; i++) {
            Sent sent = caller.post("k", "request-" + i, "a");
            Thread.ofVirtual()
                    .start(() -> sent.answered().subscribe(none -> {}, refusals::add, answered::incrementAndGet));
        }
        Eventually.passes(PATIENCE, () -> assertThat(refusals).hasSize(31));
        assertThat(answered).hasValue(0);
        Sent late = caller.post("k", "request-late", "a");
        refusedAs(ProblemType.IDEMPOTENCY_IN_PROGRESS, late);
        assertThat(late.header("retry-after")).isEqualTo("1");
        gate.tryEmitEmpty();
        Eventually.passes(PATIENCE, () -> assertThat(answered).hasValue(1));
        assertThat(refusals)
                .hasSize(31)
                .allSatisfy(each ->
                        assertThat(((PlatformException) each).type()).isEqualTo(ProblemType.IDEMPOTENCY_IN_PROGRESS));
        assertThat(caller.post("k", "request-last", "a").whole().body()).isEqualTo("you said a");
        assertThat(runs).hasValue(1);
    }

    @Test
    void whatFailsBeforeAnythingWasSpentMayRunAgain() {
        Caller caller = Caller.of(once(request -> Mono.deferContextual(context -> {
            if (runs.get() == 1) {
                return Mono.error(PlatformException.invalid("model", "There is no such model."));
            }
            if (runs.get() == 2) {
                Books.released(context);
                return Mono.error(new PlatformException(ProblemType.UPSTREAM_UNAVAILABLE, "Nobody answers."));
            }
            return runs.get() == 3 ? ServerResponse.badRequest().build() : echo(request);
        })));
        refusedAs(ProblemType.INVALID_REQUEST, caller.post("k", "request-1", "a"));
        refusedAs(ProblemType.UPSTREAM_UNAVAILABLE, caller.post("k", "request-2", "a"));
        assertThat(caller.post("k", "request-3", "a").whole().status()).isEqualTo(400);
        assertThat(caller.post("k", "request-4", "a").whole().body()).isEqualTo("you said a");
        assertThat(runs).hasValue(4);
    }

    enum Spending {
        HELD,
        IN_VAIN,
        SPENT
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsAfterMoneyWasSpentDoesNotRunAgainInSilence(Spending spending) {
        Caller caller = Caller.of(once(request -> Mono.deferContextual(context -> {
            switch (spending) {
                case HELD -> Books.held(context);
                case IN_VAIN -> Books.settled(context, Outcome.FAILED);
                case SPENT -> Books.settled(context, Outcome.COMPLETED);
            }
            return Mono.error(new PlatformException(ProblemType.UPSTREAM_ERROR, "It broke off."));
        })));
        refusedAs(ProblemType.UPSTREAM_ERROR, caller.post("k", "request-1", "a"));
        refusedAs(ProblemType.IDEMPOTENCY_ANSWER_NOT_KEPT, caller.post("k", "request-2", "a"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void anAnswerThatIsTooLargeIsGivenOnce() {
        String large = "x".repeat(65);
        Caller caller = Caller.of(once(OncePerKeyTests::echo));
        assertThat(caller.post("k", "request-1", large).whole().body()).endsWith(large);
        refusedAs(ProblemType.IDEMPOTENCY_ANSWER_NOT_KEPT, caller.post("k", "request-2", large));
        assertThat(runs).hasValue(1);
    }

    @Test
    void whoLeavesFindsTheAnswerWhenItComesBack() {
        Sinks.Empty<Void> gate = Sinks.empty();
        Caller caller = Caller.of(once(request -> gate.asMono().then(Mono.defer(() -> echo(request)))));
        Disposable client = caller.post("k", "request-1", "a").answered().subscribe();
        client.dispose();
        gate.tryEmitEmpty();
        Sent again = caller.post("k", "request-2", "a").whole();
        assertThat(again.body()).isEqualTo("you said a");
        assertThat(again.header("x-idempotent-replayed")).isEqualTo("true");
        assertThat(runs).hasValue(1);
    }

    /// Streams frames as they come, and is paid when they end.
    private static Mono<ServerResponse> stream(Flux<String> frames, Outcome outcome) {
        return Mono.deferContextual(context -> {
            Books.held(context);
            Flux<String> paid = frames.doOnComplete(() -> {
                if (outcome == Outcome.RECOVERED) {
                    Books.released(context);
                } else {
                    Books.settled(context, outcome);
                }
            });
            return ServerResponse.ok()
                    .contentType(MediaType.TEXT_EVENT_STREAM)
                    .body((message, own) -> message.writeAndFlushWith(
                            paid.map(frame -> Mono.just(message.bufferFactory().wrap(Caller.bytes(frame))))));
        });
    }

    @Test
    void aStreamIsGivenAgainToTheByte() {
        Flux<String> frames = Flux.just(": keep-alive\n\n", "data: {\"é\":1}\n\n", "data: [DONE]\n\n");
        Caller caller = Caller.of(once(request -> stream(frames, Outcome.COMPLETED)));
        String whole = ": keep-alive\n\ndata: {\"é\":1}\n\ndata: [DONE]\n\n";
        assertThat(caller.post("k", "request-1", "a").whole().body()).isEqualTo(whole);
        Sent again = caller.post("k", "request-2", "a").whole();
        assertThat(again.body()).isEqualTo(whole);
        assertThat(again.header("content-type")).isEqualTo("text/event-stream");
        assertThat(again.header("x-idempotent-replayed")).isEqualTo("true");
        assertThat(runs).hasValue(1);
    }

    @Test
    void aStreamWhoseClientLeftGoesOnForTheOneThatComesBack() {
        Sinks.Many<String> frames = Sinks.many().unicast().onBackpressureBuffer();
        Caller caller = Caller.of(once(request -> stream(frames.asFlux(), Outcome.COMPLETED)));
        Sent first = caller.post("k", "request-1", "a");
        Disposable client = first.answered().subscribe();
        frames.tryEmitNext("one ");
        client.dispose();
        frames.tryEmitNext("two ");
        refusedAs(ProblemType.IDEMPOTENCY_IN_PROGRESS, caller.post("k", "request-2", "a"));
        frames.tryEmitNext("three");
        frames.tryEmitComplete();
        assertThat(caller.post("k", "request-3", "a").whole().body()).isEqualTo("one two three");
        assertThat(runs).hasValue(1);
    }

    @Test
    void aStreamThatNobodyCanEverReadIsNotReadOn() {
        Sinks.Many<String> frames = Sinks.many().unicast().onBackpressureBuffer();
        Sinks.Empty<Void> stopped = Sinks.empty();
        Caller caller = Caller.of(
                once(request -> stream(frames.asFlux().doOnCancel(stopped::tryEmitEmpty), Outcome.COMPLETED)));
        Disposable client = caller.post("k", "request-1", "a").answered().subscribe();
        frames.tryEmitNext("x".repeat(60));
        client.dispose();
        frames.tryEmitNext("x".repeat(5));
        stopped.asMono().block(PATIENCE);
        refusedAs(ProblemType.IDEMPOTENCY_ANSWER_NOT_KEPT, caller.post("k", "request-2", "a"));
    }

    @Test
    void aStreamThatIsTooLargeReachesItsClient() {
        Flux<String> frames = Flux.range(0, 100).map(i -> "frame " + i + "\n");
        Caller caller = Caller.of(once(request -> stream(frames, Outcome.COMPLETED)));
        assertThat(caller.post("k", "request-1", "a").whole().body()).endsWith("frame 99\n");
        refusedAs(ProblemType.IDEMPOTENCY_ANSWER_NOT_KEPT, caller.post("k", "request-2", "a"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void aStreamThatBrokeOffIsNotGivenAgainAndOneThatCostNothingMayRunAgain() {
        Caller broken = Caller.of(once(request -> stream(Flux.just("half"), Outcome.FAILED)));
        assertThat(broken.post("k", "request-1", "a").whole().body()).isEqualTo("half");
        refusedAs(ProblemType.IDEMPOTENCY_ANSWER_NOT_KEPT, broken.post("k", "request-2", "a"));
        assertThat(runs).hasValue(1);
        Caller released = Caller.of(once(request -> stream(Flux.just("nothing"), Outcome.RECOVERED)));
        released.post("k", "request-3", "a").whole();
        released.post("k", "request-4", "a").whole();
        assertThat(runs).hasValue(3);
    }

    @Test
    void whereNothingCanBeKnownNothingIsDone() {
        claims.goAway();
        Caller caller = Caller.of(once(OncePerKeyTests::echo));
        refusedAs(ProblemType.SERVICE_UNAVAILABLE, caller.post("k", "request-1", "a"));
        assertThat(runs).hasValue(0);
        assertThat(counted("refused")).isEqualTo(1);
        assertThat(caller.post(null, "request-2", "a").whole().body()).isEqualTo("you said a");
    }

    @Test
    void whatCannotBeKeptIsAnsweredAndCounted() {
        Caller caller = Caller.of(once(request -> {
            claims.goAway();
            return echo(request);
        }));
        assertThat(caller.post("k", "request-1", "a").whole().body()).isEqualTo("you said a");
        assertThat(registry.counter("weir.idempotency.lost").count()).isEqualTo(1);
    }

    @Test
    void aClaimIsRenewedForAsLongAsItsRequestRuns() {
        RememberedClaims brief = new RememberedClaims(new ConcurrentHashMap<>(), Duration.ofSeconds(3));
        Sinks.Empty<Void> gate = Sinks.empty();
        Caller caller = Caller.of(once(
                brief, Duration.ofSeconds(1), request -> gate.asMono().then(Mono.defer(() -> echo(request)))));
        caller.post("k", "request-1", "a").answered().subscribe();
        // Of ten that come every third of a second, the last comes after it would have been over.
        Eventually.passes(PATIENCE, () -> assertThat(brief.asked()).isGreaterThan(10));
        refusedAs(ProblemType.IDEMPOTENCY_IN_PROGRESS, caller.post("k", "request-2", "a"));
        gate.tryEmitEmpty();
        assertThat(caller.post("k", "request-3", "a").whole().body()).isEqualTo("you said a");
        int after = brief.asked();
        assertThat(caller.post("k", "request-4", "a").whole().body()).isEqualTo("you said a");
        assertThat(brief.asked()).isEqualTo(after + 1);
        assertThat(runs).hasValue(1);
    }
}
