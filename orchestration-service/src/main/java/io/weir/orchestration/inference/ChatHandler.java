package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.observability.TracedRequest;
import io.weir.orchestration.budget.Tags;
import io.weir.orchestration.inference.Admission.Arrival;
import io.weir.orchestration.inference.PlainCall.Answered;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.orchestration.surface.Surface;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.webflux.Access;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Calls that are chats, whatever API they come by, plain and streaming.
final class ChatHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ChatHandler.class);
    private static final String TOLERANT = "x-weir-tolerant";

    private final Admission admission;
    private final CallParts parts;
    private final Caching caching;

    ChatHandler(Admission admission, CallParts parts, Caching caching) {
        this.admission = admission;
        this.parts = parts;
        this.caching = caching;
    }

    Mono<ServerResponse> complete(ServerRequest request, Surface surface) {
        return completeBy(request, body -> Mono.just(surface));
    }

    /// @param surfaces by the request's body
    Mono<ServerResponse> completeBy(ServerRequest request, Function<byte[], Mono<Surface>> surfaces) {
        long at = System.nanoTime();
        Passport passport = Access.passport(request);
        String requestId = RequestIds.of(request);
        Tags tags = Tags.read(request.headers().header(Tags.HEADER));
        boolean tolerant = "true".equalsIgnoreCase(request.headers().firstHeader(TOLERANT));
        TraceContext trace = TracedRequest.sampled(request.exchange());
        return ClientExchange.body(request)
                .flatMap(body -> surfaces.apply(body)
                        .flatMap(surface -> admission.admit(
                                new Arrival(requestId, passport, tags, tolerant, at, trace), surface, body)))
                .flatMap(call -> answered(request, call));
    }

    private Mono<ServerResponse> answered(ServerRequest request, Call call) {
        ClientExchange.tell(request, parts.tokensLeft(call));
        return Mono.defer(() ->
                        caching.through(request, call, own -> own.request().stream() ? streamed(own) : plain(own)))
                .onErrorMap(ProviderFailure.class, failure -> ClientExchange.explained(request, failure))
                .onErrorMap(PlatformException.class, call.asked()::inOwnWords);
    }

    private Mono<ServerResponse> plain(Call call) {
        return new PlainCall(call, parts, new ChatAnswers(call, parts.measure()))
                .run()
                .map(answered -> inFormOf(call, answered))
                .flatMap(answered -> call.asked().kept().then(ClientExchange.whole(call, answered)));
    }

    /// What its client reads.
    static Answered inFormOf(Call call, Answered answered) {
        if (call.isNativeTo(answered.served())) {
            return answered;
        }
        return new Answered(written(call, answered), answered.cost(), answered.served(), answered.fallbacks());
    }

    private static byte[] written(Call call, Answered answered) {
        try {
            return call.asked().answer(answered.body(), call.identity(answered.served()));
        } catch (RuntimeException unwritable) {
            LOG.error("The answer to request {} cannot be put into its client's form", call.requestId(), unwritable);
            throw new PlatformException(
                    ProblemType.UPSTREAM_ERROR,
                    answered.served().route().provider().name()
                            + " answered what cannot be put into this API's form. Try again, or name another model.");
        }
    }

    private Mono<ServerResponse> streamed(Call call) {
        StreamCall streaming = new StreamCall(call, parts);
        return streaming
                .run()
                .flatMap(stream -> ServerResponse.ok()
                        .contentType(MediaType.TEXT_EVENT_STREAM)
                        .headers(headers ->
                                ClientExchange.describe(headers, call, streaming.serving(), streaming.fallbacks()))
                        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                        .header("X-Accel-Buffering", "no")
                        .body((message, context) -> {
                            DataBufferFactory buffers = message.bufferFactory();
                            return message.writeAndFlushWith(
                                            told(call, stream).map(bytes -> Mono.just(buffers.wrap(bytes))))
                                    .doOnError(unwritten -> stream.abandoned())
                                    .doOnCancel(stream::abandoned);
                        }));
    }

    private static Flux<byte[]> told(Call call, ClientStream stream) {
        return call.asked().keeps()
                ? stream.bytes().concatMap(bytes -> call.asked().kept().thenReturn(bytes), 1)
                : stream.bytes();
    }
}
