package io.weir.simulators.provider.http;

import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/// Reads a request's body up to a limit.
public final class RequestBody {

    private static final int MAX_BYTES = 64 * 1024 * 1024;

    private RequestBody() {}

    /// The whole body. Fails with [TooLargeException] past 64 MiB.
    public static Mono<byte[]> read(HttpServerRequest request) {
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, RequestBody::append)
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static void append(ByteArrayOutputStream body, byte[] part) {
        if (body.size() + part.length > MAX_BYTES) {
            throw new TooLargeException();
        }
        body.writeBytes(part);
    }

    /// The body is larger than a provider takes.
    public static final class TooLargeException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooLargeException() {
            super("body: more than " + MAX_BYTES + " bytes");
        }
    }
}
