package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Infrastructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No path becomes a socket but the one that is.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class UpgradeIT {

    private static Mesh mesh;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka()).started();
        acme = mesh.account("upgrade-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.forget();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/billing/webhooks/stripe",
                "GET /api/billing/webhooks/stripe",
                "GET /v1/models",
                "POST /v1/chat/completions",
                "GET /api/analytics/costs/stream",
                "GET /api/analytics/cost-summary",
                "GET /api/tenants",
                "GET /api/billing/invoices",
                "POST /api/orchestration/estimate",
                "POST /ws/tickets",
                "GET /api/health",
            })
    void anUpgradeIsRefusedWithAndWithoutAKey(String request) throws Exception {
        for (String key : new String[] {"", "Authorization: Bearer " + acme.key() + "\r\n"}) {
            for (String upgrade : new String[] {
                "Upgrade: websocket\r\n",
                "Upgrade: WebSocket\r\n",
                "Upgrade: h2c, websocket\r\n",
                "Upgrade: other\r\nUpgrade: websocket\r\n"
            }) {
                assertThat(answer(request, key + upgrade))
                        .startsWith("HTTP/1.1 400 ")
                        .contains("invalid_request", "'Upgrade'")
                        .doesNotContain(acme.key(), "Exception");
            }
        }
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aPathThatDoesNotExistIsStillA404() throws Exception {
        assertThat(answer("GET /nowhere", "Upgrade: websocket\r\n")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void socketHeadersAreNotPassedOn() throws Exception {
        int status = mesh.get(
                        "/v1/models",
                        acme.key(),
                        "Sec-WebSocket-Protocol",
                        "weir.costs.v1, bearer." + acme.key(),
                        "sec-websocket-key",
                        "dGhlIHNhbXBsZSBub25jZQ==")
                .statusCode();
        assertThat(status).isEqualTo(200);
        assertThat(mesh.upstream.next().headers().toString())
                .doesNotContain(acme.key())
                .doesNotContainIgnoringCase("sec-websocket");
    }

    private static String answer(String request, String headers) throws IOException {
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), mesh.port())) {
            raw.setSoTimeout(30_000);
            raw.getOutputStream()
                    .write((request
                                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nContent-Length: 0\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Sec-WebSocket-Protocol: weir.costs.v1, bearer." + acme.key() + "\r\n" + headers
                                    + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            raw.shutdownOutput();
            return new BufferedReader(new InputStreamReader(raw.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .collect(Collectors.joining("\n"));
        }
    }
}
