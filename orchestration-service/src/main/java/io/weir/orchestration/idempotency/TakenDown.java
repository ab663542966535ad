package io.weir.orchestration.idempotency;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// A response that reaches no client: what a handler writes is handed to a [Taker] instead.
final class TakenDown extends ServerHttpResponseDecorator {

    private static final ServerResponse.Context CONTEXT = new Writers(HandlerStrategies.withDefaults());

    /// Gets what is written; each method once at most. The writing ends when what it returns does.
    interface Taker {

        Mono<Void> whole(HttpStatusCode status, HttpHeaders headers, byte[] body);

        Mono<Void> stream(HttpStatusCode status, HttpHeaders headers, Flux<byte[]> frames);
    }

    private final HttpHeaders headers = new HttpHeaders();
    private final Taker taker;
    private @Nullable HttpStatusCode status;

    private TakenDown(ServerHttpResponse delegate, Taker taker) {
        super(delegate);
        this.taker = taker;
    }

    /// Writes the answer to the taker.
    static Mono<Void> write(ServerResponse answer, ServerWebExchange exchange, Taker taker) {
        TakenDown response = new TakenDown(exchange.getResponse(), taker);
        ServerWebExchange aside = new ServerWebExchangeDecorator(exchange) {
            @Override
            public ServerHttpResponse getResponse() {
                return response;
            }
        };
        return answer.writeTo(aside, CONTEXT);
    }

    private record Writers(HandlerStrategies strategies) implements ServerResponse.Context {

        @Override
        public List<HttpMessageWriter<?>> messageWriters() {
            return strategies.messageWriters();
        }

        @Override
        public List<ViewResolver> viewResolvers() {
            return List.of();
        }
    }

    @Override
    public boolean setStatusCode(@Nullable HttpStatusCode code) {
        status = code;
        return true;
    }

    @Override
    public HttpStatusCode getStatusCode() {
        HttpStatusCode set = status;
        return set == null ? HttpStatus.OK : set;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public DataBufferFactory bufferFactory() {
        return DefaultDataBufferFactory.sharedInstance;
    }

    // Nothing waits for a commit that never comes.
    @Override
    public void beforeCommit(Supplier<? extends Mono<Void>> action) {}

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return DataBufferUtils.join(body)
                .map(TakenDown::bytes)
                .defaultIfEmpty(new byte[0])
                .flatMap(bytes -> taker.whole(getStatusCode(), headers, bytes));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        Flux<byte[]> frames =
                Flux.from(body).concatMap(frame -> DataBufferUtils.join(frame).map(TakenDown::bytes), 1);
        return taker.stream(getStatusCode(), headers, frames);
    }

    @Override
    public Mono<Void> setComplete() {
        return taker.whole(getStatusCode(), headers, new byte[0]);
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
