package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Infrastructure;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What browsers are told, by answers of every kind.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class SecurityHeadersIT {

    private static final String[] EXPECTED = {
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "referrer-policy: no-referrer",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        "cross-origin-resource-policy: same-origin",
        "cross-origin-opener-policy: same-origin",
        "cross-origin-embedder-policy: require-corp",
        "cache-control: no-store",
        "vary: origin",
        "x-request-id: "
    };
    private static Mesh mesh;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.gateway.allowed-origins", "https://console.example.com")
                .started();
        acme = mesh.account("headers-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void expectStream() {
        mesh.upstream.expectStream();
        mesh.upstream.frame("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/models HTTP/1.1|AUTH|200",
                "HEAD /v1/models HTTP/1.1|AUTH|200",
                "GET /v1/stream HTTP/1.1|AUTH|200",
                "GET /api/analytics/costs/stream HTTP/1.1|AUTH|200",
                "GET /api/health HTTP/1.1||503",
                "GET /v1/models HTTP/1.1||401",
                "GET /api/tenants HTTP/1.1||401",
                "GET /v1/models HTTP/1.1|AUTH\r\nX-Tenant-Slug: other|403",
                "GET /nowhere HTTP/1.1|AUTH|404",
                "DELETE /api/health HTTP/1.1||405",
                "TRACE /v1/models HTTP/1.1|AUTH|405",
                "POST /v1/echo HTTP/1.1|AUTH\r\nContent-Length: 999999999|413",
                "GET /v1/hangup HTTP/1.1|AUTH|503",
                "GET /v1/../x HTTP/1.1|AUTH|400",
                "OPTIONS /v1/models HTTP/1.1|Origin: https://console.example.com\r\nAccess-Control-Request-Method: GET|204",
                "OPTIONS /v1/models HTTP/1.1|Origin: https://evil.example\r\nAccess-Control-Request-Method: GET|403",
                "GET /ws/costs HTTP/1.1|AUTH|400",
                "GET /ws/costs HTTP/1.1|AUTH\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|101",
                "GET /ws/costs HTTP/1.1|Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|401",
                "NONSENSE||400",
                "GET /v1/models HTTP/1.1|x : y|400",
                "POST /v1/echo HTTP/1.1|AUTH\r\nTransfer-Encoding: chunked\r\n\r\nzz|400"
            })
    void everyAnswerHasThem(String request) throws Exception {
        String[] parts = request.split("\\|", -1);
        String headers = parts[1].replace("AUTH", "Authorization: Bearer " + acme.key());
        String head = head(parts[0] + "\r\nHost: localhost\r\n" + headers + (headers.isEmpty() ? "" : "\r\n") + "\r\n");

        assertThat(head).startsWith("http/1.1 " + parts[2]).contains(EXPECTED);
        assertThat(head).doesNotContain("\r\nserver:", "x-powered-by", "strict-transport-security", "netty");
        for (String expected : EXPECTED) {
            String name = "\r\n" + expected.substring(0, expected.indexOf(':') + 1);
            assertThat(head.split(name, -1))
                    .as(name)
                    .hasSize(expected.startsWith("vary") ? head.split(name, -1).length : 2);
        }
    }

    // Streams go on behind it.
    private static String head(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int octet = in.read();
                if (octet < 0) {
                    break;
                }
                head.append((char) octet);
            }
            return head.toString().toLowerCase(Locale.ROOT);
        }
    }
}
