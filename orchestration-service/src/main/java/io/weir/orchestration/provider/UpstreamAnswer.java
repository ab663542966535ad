package io.weir.orchestration.provider;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/// An answer that has begun. Its body must be read or cancelled, else the connection is lost to the pool.
public final class UpstreamAnswer {

    private final HttpClientResponse response;
    private final Connection connection;
    private final String requestIdHeader;
    private Runnable afterwards = () -> {};

    UpstreamAnswer(HttpClientResponse response, Connection connection, String requestIdHeader) {
        this.requestIdHeader = requestIdHeader;
        this.response = response;
        this.connection = connection;
    }

    public int status() {
        return response.status().code();
    }

    public boolean isSuccess() {
        return status() >= 200 && status() < 300;
    }

    /// The first value of a header.
    public @Nullable String header(String name) {
        return response.responseHeaders().get(name);
    }

    /// The provider's own id of the request; null: its headers tell none.
    public @Nullable String requestId() {
        return header(requestIdHeader);
    }

    /// To be run when the body was read or cancelled.
    void whenRead(Runnable run) {
        afterwards = run;
    }

    /// The bytes as they come; once. Cancelling closes the connection.
    public Flux<byte[]> body() {
        return connection.inbound().receive().asByteArray().doFinally(end -> afterwards.run());
    }
}
