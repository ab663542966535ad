package io.weir.orchestration.inference;

import io.micrometer.tracing.TraceContext;
import io.weir.observability.kafka.TraceHeaders;
import io.weir.orchestration.provider.ProviderFailure;
import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.security.webflux.Access;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `POST /v1/chat/completions`, plain and streaming.
final class ChatHandler {

    private static final int LARGEST_BODY = 32 * 1024 * 1024;
    private static final String API_VERSION = "2020-10-01";

    private final Admission admission;
    private final CallParts parts;
    private final TraceHeaders traces;

    ChatHandler(Admission admission, CallParts parts, TraceHeaders traces) {
        this.admission = admission;
        this.parts = parts;
        this.traces = traces;
    }

    Mono<ServerResponse> complete(ServerRequest request) {
        long arrived = System.nanoTime();
        Passport passport = Access.demand(request, Scope.INFERENCE);
        String requestId = RequestIds.of(request);
        request.exchange().getResponse().getHeaders().set("openai-version", API_VERSION);
        return body(request)
                .flatMap(body -> admission.admit(requestId, passport, body, arrived, trace()))
                .flatMap(call -> call.request().stream() ? streamed(call) : plain(call))
                .onErrorMap(ProviderFailure.class, failure -> explained(request, failure));
    }

    // The span of this request is current here, since no thread was changed yet or the context restored it.
    private @Nullable TraceContext trace() {
        return traces.current();
    }

    private static Mono<byte[]> body(ServerRequest request) {
        return DataBufferUtils.join(request.body(BodyExtractors.toDataBuffers()), LARGEST_BODY)
                .map(ChatHandler::bytes)
                .defaultIfEmpty(new byte[0]);
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private Mono<ServerResponse> plain(Call call) {
        return new PlainCall(call, parts)
                .run()
                .flatMap(answered -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .headers(headers -> describe(headers, call))
                        .header("x-cost-usd", answered.cost().toPlainString())
                        .body((message, context) -> {
                            message.getHeaders().setContentLength(answered.body().length);
                            return message.writeWith(
                                    Mono.just(message.bufferFactory().wrap(answered.body())));
                        }));
    }

    private Mono<ServerResponse> streamed(Call call) {
        return new StreamCall(call, parts)
                .run()
                .flatMap(stream -> ServerResponse.ok()
                        .contentType(MediaType.TEXT_EVENT_STREAM)
                        .headers(headers -> describe(headers, call))
                        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                        .header("X-Accel-Buffering", "no")
                        .body((message, context) -> {
                            DataBufferFactory buffers = message.bufferFactory();
                            return message.writeAndFlushWith(
                                            stream.bytes().map(bytes -> Mono.just(buffers.wrap(bytes))))
                                    .doOnError(unwritten -> stream.abandoned())
                                    .doOnCancel(stream::abandoned);
                        }));
    }

    private static void describe(HttpHeaders headers, Call call) {
        headers.set("x-request-id", call.requestId());
        headers.set("x-served-model", call.route().model().model());
        headers.set("x-cache", "none");
        headers.set("x-fallback-count", "0");
        headers.set("openai-processing-ms", Long.toString(call.elapsedMillis()));
    }

    private static PlatformException explained(ServerRequest request, ProviderFailure failure) {
        Duration wait = failure.retryAfter();
        if (failure.problem().type() == ProblemType.UPSTREAM_RATE_LIMITED) {
            Duration told = wait == null ? Duration.ofSeconds(1) : wait;
            HttpHeaders headers = request.exchange().getResponse().getHeaders();
            headers.set(
                    "retry-after",
                    Long.toString(Math.max(1, told.plusMillis(999).toSeconds())));
            headers.set("retry-after-ms", Long.toString(told.toMillis()));
        }
        return failure.problem();
    }
}
