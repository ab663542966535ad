package io.weir.gateway.edge;

import io.weir.problem.PlatformException;
import io.weir.problem.ProblemType;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/// How large a request body may be: by its announced length at once, by counting where none is
/// announced.
final class BodyLimit {

    private static final long UNKNOWN = -1;

    private static final String UPLOADS = "/v1/files";

    private final long maxBytes;
    private final long maxUpload;

    BodyLimit(long maxBytes) {
        this(maxBytes, maxBytes);
    }

    /// @param maxUpload of a file
    BodyLimit(long maxBytes, long maxUpload) {
        this.maxBytes = maxBytes;
        this.maxUpload = maxUpload;
    }

    private long most(ServerHttpRequest request) {
        String path = request.getPath().value();
        boolean upload = path.startsWith(UPLOADS)
                && (path.length() == UPLOADS.length() || path.equals(UPLOADS + "/"))
                && request.getMethod().equals(HttpMethod.POST);
        return upload ? maxUpload : maxBytes;
    }

    /// The exchange, counting its body where that is needed. Throws a 413 [PlatformException] when too
    /// much is announced.
    ServerWebExchange limited(ServerWebExchange exchange) {
        long announced = exchange.getRequest().getHeaders().getContentLength();
        long most = most(exchange.getRequest());
        if (announced > most) {
            throw tooLarge(most);
        }
        boolean chunked =
                announced == UNKNOWN && exchange.getRequest().getHeaders().containsHeader("transfer-encoding");
        return chunked
                ? exchange.mutate()
                        .request(new Counted(exchange.getRequest(), most))
                        .build()
                : exchange;
    }

    private static PlatformException tooLarge(long most) {
        return new PlatformException(
                ProblemType.REQUEST_TOO_LARGE,
                "The request body is larger than " + most + " bytes, the limit. Send a smaller one.");
    }

    private static final class Counted extends ServerHttpRequestDecorator {

        private final long most;

        Counted(ServerHttpRequest request, long most) {
            super(request);
            this.most = most;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            AtomicLong seen = new AtomicLong();
            return super.getBody().handle((buffer, sink) -> count(buffer, sink, seen));
        }

        private void count(DataBuffer buffer, SynchronousSink<DataBuffer> sink, AtomicLong seen) {
            if (seen.addAndGet(buffer.readableByteCount()) > most) {
                DataBufferUtils.release(buffer);
                sink.error(tooLarge(most));
            } else {
                sink.next(buffer);
            }
        }
    }
}
