package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Infrastructure;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/// Sockets and tickets when something is away. A gateway each: one that stops takes threads along that it shares.
@Timeout(120)
class SocketOutageIT {

    private static final String COSTS = "/ws/costs";

    @Test
    void aGatewayThatStopsSendsItsReadersAwayAtOnce() throws Exception {
        try (Mesh other = Mesh.on(Infrastructure.kafka()).started()) {
            Account account = other.account("moving-corp");
            EdgeSocket socket = EdgeSocket.open(other.client, other.uri(COSTS), account.key());
            other.upstream.socketOf(socket).frame("{\"seq\":1}");
            socket.next();
            long began = System.nanoTime();
            other.stopGateway();
            assertThat(socket.closed()).startsWith("4012");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
        }
    }

    @Test
    void withoutRedisTicketsAre503SoonAndKeysStillWork() throws Exception {
        try (Mesh other = Mesh.on(Infrastructure.kafka()).started()) {
            Account account = other.account("no-redis");
            other.post("/ws/tickets", account.key(), BodyPublishers.noBody());
            for (int i = 0; i < 3; i++) {
                long began = System.nanoTime();
                HttpResponse<String> refused = other.post("/ws/tickets", account.key(), BodyPublishers.noBody());
                long millis = (System.nanoTime() - began) / 1_000_000;
                LoggerFactory.getLogger(SocketOutageIT.class)
                        .info("measured: without Redis {} after {} ms", refused.statusCode(), millis);
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("x-should-retry")).hasValue("true");
                assertThat(millis).isLessThan(5_000);
            }
            assertThat(EdgeSocket.refusal(other.client, other.uri(COSTS), null, "weir.costs.v1", "ticket.any"))
                    .isEqualTo(503);
            EdgeSocket.open(other.client, other.uri(COSTS), account.key())
                    .socket()
                    .abort();
        }
    }
}
