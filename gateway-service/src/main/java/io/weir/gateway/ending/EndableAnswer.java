package io.weir.gateway.ending;

import io.weir.gateway.routing.UpstreamFailure;
import io.weir.problem.ErrorBody;
import io.weir.problem.ErrorShape;
import io.weir.problem.PlatformException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/// An answer that its caller may lose the right to at any moment, on any thread, while a service gives it. What the
/// service says of it is held here until its body begins; then either the answer or a refusal has the
/// connection, whichever came first, and never both.
///
/// A refusal can take its place before it begins. An event stream that has begun ends with an event that says why, in
/// the shape that the path calls for, also where the service broke it off. Any other answer that has begun is let
/// finish: it has a length, or its reader
/// would take a part for the whole. What does not finish soon is cut.
public final class EndableAnswer extends ServerHttpResponseDecorator {

    private static final Duration GOODBYE = Duration.ofMillis(500);
    private static final Duration TO_FINISH = Duration.ofSeconds(2);

    private enum Stage {
        HELD,
        BEGUN,
        REFUSED
    }

    private final String path;
    private final String requestId;
    private final HttpHeaders held = new HttpHeaders();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.HELD);
    private final Sinks.Empty<Void> cut = Sinks.empty();
    private volatile @Nullable HttpStatusCode heldStatus;
    private volatile @Nullable PlatformException reason;
    private volatile boolean streaming;

    public EndableAnswer(ServerHttpResponse response, String path, String requestId) {
        super(response);
        this.path = path;
        this.requestId = requestId;
    }

    /// Ends it, on the thread of its connection. Fails with the reason, at once, where nothing was sent: a
    /// refusal may be written now, and the service's answer never will be. Fails with [AnswerCutException]
    /// where the answer had begun and was not finished in time: then nothing may be written any more. Does not
    /// complete.
    public Mono<Void> end(PlatformException why) {
        return Mono.defer(() -> ended(why)).subscribeOn(connection());
    }

    private Mono<Void> ended(PlatformException why) {
        if (stage.compareAndSet(Stage.HELD, Stage.REFUSED)) {
            return Mono.error(why);
        }
        if (!streaming) {
            return after(TO_FINISH, why);
        }
        reason = why;
        cut.tryEmitEmpty();
        return after(GOODBYE, why);
    }

    private Scheduler connection() {
        AtomicReference<Scheduler> found = new AtomicReference<>(Schedulers.parallel());
        HttpServerResponse answering = getNativeResponse(getDelegate());
        answering.withConnection(
                one -> found.set(Schedulers.fromExecutor(one.channel().eventLoop())));
        return found.get();
    }

    private static Mono<Void> after(Duration time, PlatformException why) {
        return Mono.delay(time).then(Mono.error(() -> new AnswerCutException(why)));
    }

    /// Why the stream was ended by an event; null where it was not. Its cause is what failed, where something did.
    public @Nullable PlatformException reason() {
        return reason;
    }

    @Override
    public HttpHeaders getHeaders() {
        return stage.get() == Stage.BEGUN ? super.getHeaders() : held;
    }

    @Override
    public boolean setStatusCode(@Nullable HttpStatusCode status) {
        if (stage.get() == Stage.BEGUN) {
            return super.setStatusCode(status);
        }
        heldStatus = status;
        return true;
    }

    @Override
    public @Nullable HttpStatusCode getStatusCode() {
        return stage.get() == Stage.BEGUN ? super.getStatusCode() : heldStatus;
    }

    @Override
    public Mono<Void> setComplete() {
        return once(super::setComplete);
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return once(() -> super.writeWith(body));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        MediaType type = held.getContentType();
        if (type == null || !MediaType.TEXT_EVENT_STREAM.isCompatibleWith(type)) {
            return once(() -> super.writeAndFlushWith(body));
        }
        Flux<Publisher<? extends DataBuffer>> parts = Flux.from(body);
        return Mono.defer(() -> {
            streaming = true;
            return once(() -> super.writeAndFlushWith(parts.takeUntilOther(cut.asMono())
                    .onErrorResume(this::broken)
                    .concatWith(Flux.defer(this::last))));
        });
    }

    // Whoever reads a part of it would take that for the whole.
    private Flux<Publisher<? extends DataBuffer>> broken(Throwable failure) {
        if (UpstreamFailure.translated(failure) instanceof PlatformException told) {
            reason = told;
            return Flux.empty();
        }
        return Flux.error(failure);
    }

    // Who was refused is cancelled, and waits for it.
    private Mono<Void> once(Supplier<Mono<Void>> write) {
        return Mono.defer(() -> {
            if (stage.compareAndSet(Stage.HELD, Stage.BEGUN)) {
                handOver();
            }
            return stage.get() == Stage.REFUSED ? Mono.never() : write.get();
        });
    }

    private void handOver() {
        HttpHeaders headers = super.getHeaders();
        held.forEach(headers::put);
        if (heldStatus != null) {
            super.setStatusCode(heldStatus);
        }
    }

    private Flux<Publisher<? extends DataBuffer>> last() {
        PlatformException why = reason;
        return why == null ? Flux.empty() : Flux.just(Mono.fromSupplier(() -> event(why)));
    }

    // The blank line ends an event that was cut in the middle.
    private DataBuffer event(PlatformException why) {
        String json = new String(ErrorBody.forPath(path, why, requestId).bytes(), StandardCharsets.UTF_8);
        String name = ErrorShape.of(path).namesEvents() ? "event: error\n" : "";
        return bufferFactory().wrap(("\n\n" + name + "data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
