package io.weir.orchestration.provider;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import io.weir.orchestration.dialect.ProviderRequest;
import io.weir.security.egress.BaseUrlRules;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/// One exchange with a provider over HTTP/1.1, never repeated here. Safe for use by many threads.
final class ProviderClient {

    // Shorter than providers keep idle connections, so that a request does not meet one that is just being closed.
    private static final Duration IDLE_CONNECTION = Duration.ofSeconds(20);
    private static final Duration INACTIVE_POOL = Duration.ofMinutes(5);

    private final HttpClient shared;
    private final HttpClient tenants;
    private final HttpClient elsewhere;
    private final Duration idleTimeout;

    /// @param rules where tenants' own addresses may lead
    ProviderClient(UpstreamProperties upstream, BaseUrlRules rules) {
        this(upstream, GuardedAddresses.of(rules));
    }

    ProviderClient(UpstreamProperties upstream, GuardedAddresses guarded) {
        this.idleTimeout = upstream.idleTimeout();
        this.shared = client("providers", upstream);
        this.tenants = client("tenants", upstream);
        this.elsewhere = client("elsewhere", upstream).resolver(guarded);
    }

    // Each with connections of its own, so that what tenants do with their own keys takes none of the others'.
    private static HttpClient client(String name, UpstreamProperties upstream) {
        ConnectionProvider pool = ConnectionProvider.builder(name)
                .maxConnections(upstream.maxConnections())
                .pendingAcquireMaxCount(upstream.maxConnections())
                .pendingAcquireTimeout(upstream.connectTimeout())
                .maxIdleTime(IDLE_CONNECTION)
                .disposeInactivePoolsInBackground(INACTIVE_POOL, INACTIVE_POOL)
                .lifo()
                .build();
        return HttpClient.create(pool)
                .followRedirect(false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        upstream.connectTimeout().toMillis())
                .disableRetry(true)
                .responseTimeout(upstream.firstByteTimeout());
    }

    /// Sends when subscribed; answers when the provider's headers are here, whatever the status.
    ///
    /// @param whenSent told when all of the request is on its way
    Mono<UpstreamAnswer> send(
            Provider provider, ProviderRequest request, String requestId, ClientInterest interest, Runnable whenSent) {
        byte[] body = request.body();
        return client(provider.account())
                .headers(headers -> describe(headers, provider, body.length, requestId))
                .doOnRequest((sent, connection) -> interest.uses(connection))
                .doAfterRequest((sent, connection) -> whenSent.run())
                .post()
                .uri(provider.url(request.path()))
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .responseConnection((response, connection) -> Mono.just(begun(provider, response, connection)))
                .next();
    }

    private HttpClient client(ProviderAccount account) {
        if (!account.isTenants()) {
            return shared;
        }
        return account.isElsewhere() ? elsewhere : tenants;
    }

    private static void describe(HttpHeaders headers, Provider provider, int length, String requestId) {
        headers.set("content-type", "application/json")
                .set("content-length", length)
                .set("x-client-request-id", requestId)
                .set("user-agent", "weir");
        provider.dialect().headers(provider.account().reveal()).forEach(headers::set);
    }

    private UpstreamAnswer begun(Provider provider, HttpClientResponse response, Connection connection) {
        connection.removeHandler(NettyPipeline.ResponseTimeoutHandler);
        if (connection.channel().isActive()) {
            connection.addHandlerFirst(NettyPipeline.ResponseTimeoutHandler, new IdleLimit(idleTimeout));
        }
        return new UpstreamAnswer(response, connection, provider.dialect().requestIdHeader());
    }
}
