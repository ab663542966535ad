package io.weir.gateway.edge;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/// How large a request body may be: by its announced length at once, by counting where none is announced.
final class BodyLimit {

    private static final long UNKNOWN = -1;

    private final long maxBytes;

    BodyLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// The exchange, counting its body where that is needed. Throws a 413 [PlatformException] when too much is
    /// announced.
    ServerWebExchange limited(ServerWebExchange exchange) {
        long announced = exchange.getRequest().getHeaders().getContentLength();
        if (announced > maxBytes) {
            throw tooLarge();
        }
        boolean chunked =
                announced == UNKNOWN && exchange.getRequest().getHeaders().containsHeader("transfer-encoding");
        return chunked
                ? exchange.mutate().request(new Counted(exchange.getRequest())).build()
                : exchange;
    }

    private PlatformException tooLarge() {
        return new PlatformException(
                ProblemType.REQUEST_TOO_LARGE,
                "The request body is larger than " + maxBytes + " bytes, the limit. Send a smaller one.");
    }

    private final class Counted extends ServerHttpRequestDecorator {

        Counted(ServerHttpRequest request) {
            super(request);
        }

        @Override
        public Flux<DataBuffer> getBody() {
            AtomicLong seen = new AtomicLong();
            return super.getBody().handle((buffer, sink) -> count(buffer, sink, seen));
        }

        private void count(DataBuffer buffer, SynchronousSink<DataBuffer> sink, AtomicLong seen) {
            if (seen.addAndGet(buffer.readableByteCount()) > maxBytes) {
                DataBufferUtils.release(buffer);
                sink.error(tooLarge());
            } else {
                sink.next(buffer);
            }
        }
    }
}
