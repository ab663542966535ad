package io.weir.gateway.health;

import io.netty.channel.ChannelOption;
import io.weir.gateway.redis.RedisProperties;
import io.weir.observability.HealthCheck;
import io.weir.observability.HealthCheckFailedException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpClient;

/// Whether Redis, of a cluster each node that was named, answers a PING, on a connection of its own that is opened for
/// it; nothing of the gateway's start
/// depends on Redis. A server that asks for a password first is there, too.
final class RedisHealth implements HealthCheck {

    private static final int DEFAULT_PORT = 6379;
    private static final int CONNECT_MS = 800;

    private final List<TcpClient> clients;

    RedisHealth(RedisProperties redis) {
        this.clients = redis.url().stream().map(RedisHealth::client).toList();
    }

    private static TcpClient client(URI url) {
        TcpClient plain = TcpClient.create(ConnectionProvider.newConnection())
                .host(url.getHost())
                .port(url.getPort() < 0 ? DEFAULT_PORT : url.getPort())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS);
        return "rediss".equals(url.getScheme()) ? plain.secure() : plain;
    }

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Mono<Void> check() {
        return Mono.when(clients.stream().map(RedisHealth::check).toList());
    }

    private static Mono<Void> check(TcpClient client) {
        return Mono.usingWhen(
                client.connect(), RedisHealth::ping, connection -> Mono.fromRunnable(connection::dispose));
    }

    private static Mono<Void> ping(Connection connection) {
        return connection
                .outbound()
                .sendString(Mono.just("PING\r\n"), StandardCharsets.US_ASCII)
                .then()
                .then(connection
                        .inbound()
                        .receive()
                        .asString(StandardCharsets.US_ASCII)
                        .next())
                .flatMap(answer -> answer.startsWith("+PONG") || answer.startsWith("-NOAUTH")
                        ? Mono.empty()
                        : Mono.error(new HealthCheckFailedException("unexpected answer to a ping")));
    }
}
