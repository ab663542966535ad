package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.weir.gateway.Mesh.Account;
import io.weir.gateway.Upstream.Received;
import io.weir.gateway.authentication.OpenExchanges;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Sockets and tickets at the edge.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class SocketIT {

    private static final String PROTOCOL = "weir.costs.v1";
    private static final String COSTS = "/ws/costs";
    private static final String TICKETS = "/ws/tickets";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static Mesh mesh;
    private static Account acme;
    // Grows old while the other tests run.
    private static Unused early;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.redis.url", Infrastructure.redis())
                .with("weir.gateway.allowed-origins", "https://console.example.com")
                .started();
        acme = mesh.account("socket-corp");
        // The first ticket waits for the connection to Redis, which may take longer than a ticket's caller would.
        Eventually.passes(Duration.ofSeconds(30), () -> ticket(acme));
        early = unused();
    }

    /// A ticket that nobody comes with.
    ///
    /// @param lifetime what was left of it when it arrived
    private record Unused(String ticket, Instant expires, Duration lifetime) {}

    private static Unused unused() throws Exception {
        HttpResponse<String> answer = mesh.post(TICKETS, acme.key(), BodyPublishers.noBody());
        JsonNode body = JSON.readTree(answer.body());
        Instant expires = Instant.parse(body.path("expiresAt").asString());
        return new Unused(body.path("ticket").asString(), expires, Duration.between(Instant.now(), expires));
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @AfterEach
    void leaveNoSocketOpen() {
        Eventually.passes(Duration.ofSeconds(30), () -> {
            assertThat(mesh.upstream.openSockets()).isZero();
            assertThat(mesh.gateway().getBean(OpenExchanges.class).size()).isZero();
        });
    }

    @BeforeEach
    void expectStream() {
        mesh.upstream.expectStream();
        mesh.upstream.forget();
    }

    @Test
    void aKeyInTheHeaderOpensASocketThatCarriesFrames() throws Exception {
        EdgeSocket socket = open(acme.key());
        Upstream.Socket behind = mesh.upstream.socketOf(socket);
        behind.frame("{\"seq\":1}");
        assertThat(socket.next()).isEqualTo("{\"seq\":1}");
        Received preflight = mesh.upstream.next();
        assertThat(preflight.header("upgrade")).isEmpty();
        Received upgraded = mesh.upstream.next();
        assertThat(upgraded.header("authorization")).isEmpty();
        assertThat(upgraded.header("x-weir-passport")).isNotEmpty();
        assertThat(mesh.verifier()
                        .verify(upgraded.header("x-weir-passport"))
                        .tenant()
                        .id())
                .isEqualTo(acme.tenant());
        socket.socket().abort();
        assertThat(behind.closed().await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aBrowsersKeyIsTakenOutOfTheSubprotocolsAndOnlyOursIsEchoed() throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        logged.start();
        root.addAppender(logged);
        EdgeSocket socket = open(null, PROTOCOL, "bearer." + acme.key());
        assertThat(socket.socket().getSubprotocol()).isEqualTo(PROTOCOL);
        assertThat(EdgeSocket.refusal(mesh.client, mesh.uri(COSTS), null, PROTOCOL, "bearer." + acme.key() + "x"))
                .isEqualTo(401);
        for (Received one : List.of(mesh.upstream.next(), mesh.upstream.next())) {
            assertThat(one.headers().toString()).doesNotContain(acme.key(), "bearer.");
        }
        root.detachAppender(logged);
        assertThat(logged.list).noneMatch(event -> event.getFormattedMessage().contains(acme.key()));
        socket.socket().abort();
    }

    @Test
    void subprotocolsWithoutOursOrWithSeveralSecretsAreRefused() throws Exception {
        assertThat(refusal(null, "bearer." + acme.key())).isEqualTo(400);
        assertThat(refusal(null, "graphql-ws")).isEqualTo(400);
        assertThat(refusal(null, PROTOCOL, "bearer." + acme.key(), "bearer.other"))
                .isEqualTo(400);
        assertThat(refusal(null, PROTOCOL)).isEqualTo(401);
        assertThat(refusal(null)).isEqualTo(401);
        assertThat(refusal("weir_live_nonsense")).isEqualTo(401);
        assertThat(mesh.get(COSTS, acme.key()).statusCode()).isEqualTo(400);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aTicketOpensOneSocket() throws Exception {
        String ticket = ticket(acme);
        EdgeSocket socket = open(null, PROTOCOL, "ticket." + ticket);
        assertThat(socket.socket().getSubprotocol()).isEqualTo(PROTOCOL);
        assertThat(mesh.verifier()
                        .verify(mesh.upstream.next().header("x-weir-passport"))
                        .tenant()
                        .id())
                .isEqualTo(acme.tenant());
        assertThat(refusal(null, PROTOCOL, "ticket." + ticket)).isEqualTo(401);
        assertThat(refusal(null, PROTOCOL, "ticket." + ticket.substring(1) + "A"))
                .isEqualTo(401);
        assertThat(refusal(null, PROTOCOL, "ticket.")).isEqualTo(401);
        socket.socket().abort();
    }

    @Test
    void ofTwentyThatComeWithOneTicketAtOnceExactlyOneIsLetIn() throws Exception {
        for (int round = 0; round < 3; round++) {
            String ticket = ticket(acme);
            List<CompletableFuture<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return refusal(null, PROTOCOL, "ticket." + ticket);
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                }));
            }
            List<Integer> statuses = new ArrayList<>();
            for (CompletableFuture<Integer> one : all) {
                statuses.add(one.get(30, TimeUnit.SECONDS));
            }
            assertThat(statuses).filteredOn(status -> status == 101).hasSize(1);
            assertThat(statuses).filteredOn(status -> status == 401).hasSize(19);
        }
    }

    @Test
    void aTicketIsGoodForTenSecondsAndNoLonger() throws Exception {
        assertThat(early.lifetime()).isLessThanOrEqualTo(Duration.ofSeconds(10));
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(Instant.now()).isAfter(early.expires().plusSeconds(2)));
        assertThat(refusal(null, PROTOCOL, "ticket." + early.ticket())).isEqualTo(401);
    }

    @Test
    void aTicketOfAKeyThatWasRevokedMeanwhileIsRefused() throws Exception {
        Account gone = mesh.account("ticket-gone");
        String ticket = ticket(gone);
        mesh.revoke(gone);
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(mesh.get("/v1/models", gone.key()).statusCode())
                        .isEqualTo(401));
        assertThat(refusal(null, PROTOCOL, "ticket." + ticket)).isEqualTo(401);
    }

    @Test
    void ticketsAreAskedForByPostWithAKey() throws Exception {
        assertThat(mesh.get(TICKETS, acme.key()).statusCode()).isEqualTo(405);
        assertThat(mesh.get(TICKETS, null).statusCode()).isEqualTo(401);
    }

    @Test
    void aSecretInTheQueryIsRefusedByNameAndNeverEchoed() throws Exception {
        for (String name : new String[] {
            "token", "access_token", "api_key", "apikey", "X-Api-Key", "key", "authorization", "bearer", "ticket", "x"
        }) {
            for (String path : new String[] {COSTS, "/api/analytics/costs/stream", TICKETS}) {
                HttpResponse<String> refused = mesh.get(path + "?a=b&" + name + "=" + acme.key(), acme.key());
                assertThat(refused.statusCode()).as(path + name).isEqualTo(400);
                assertThat(refused.body())
                        .contains(name.toLowerCase(Locale.ROOT))
                        .doesNotContain(acme.key());
            }
        }
        HttpResponse<String> asName = mesh.get(COSTS + "?" + acme.key() + "=1", acme.key());
        assertThat(asName.statusCode()).isEqualTo(400);
        assertThat(asName.body().toLowerCase(Locale.ROOT))
                .doesNotContain(acme.key().toLowerCase(Locale.ROOT));
        assertThat(mesh.get(COSTS + "?key=anything", acme.key()).statusCode()).isEqualTo(400);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void pagesOfOriginsThatAreNotListedMayNotOpenSockets() throws Exception {
        assertThat(handshake("Origin: https://evil.example.com")).contains(" 403 ");
        assertThat(handshake("Origin: null")).contains(" 403 ");
        assertThat(handshake("Origin: https://console.example.com")).contains(" 101 ");
    }

    @Test
    void aRefusalOfTheServiceComesBeforeTheUpgrade() throws Exception {
        HttpResponse<String> told =
                mesh.get("/api/analytics/costs/stream?resume_from=1", acme.key().substring(1));
        assertThat(told.statusCode()).isEqualTo(401);
        assertThat(EdgeSocket.refusal(mesh.client, mesh.uri(COSTS + "?resume_from=9"), acme.key()))
                .isEqualTo(400);
    }

    @Test
    void theServicesCloseCodeReachesTheReader() throws Exception {
        EdgeSocket socket = open(acme.key());
        mesh.upstream.socketOf(socket).frame("{\"seq\":1}");
        socket.next();
        mesh.upstream.socketOf(socket).frame("close 4008");
        assertThat(socket.closed()).startsWith("4008");
    }

    @Test
    void aRevocationEndsTheSocketsOfItsKeyAtOnce() throws Exception {
        Account gone = mesh.account("socket-gone");
        EdgeSocket socket = open(gone.key());
        Upstream.Socket behind = mesh.upstream.socketOf(socket);
        behind.frame("{\"seq\":1}");
        socket.next();
        mesh.revoke(gone);
        long revokedAt = System.nanoTime();
        assertThat(socket.closed()).isEqualTo("4001 invalid_api_key");
        long millis = (System.nanoTime() - revokedAt) / 1_000_000;
        LoggerFactory.getLogger(SocketIT.class).info("measured: a revoked key's socket ended after {} ms", millis);
        assertThat(millis).isLessThan(5_000);
        assertThat(behind.closed().await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSuspensionEndsTheTenantsSockets() throws Exception {
        Account halted = mesh.account("socket-halted");
        EdgeSocket socket = open(halted.key());
        mesh.suspend(halted);
        assertThat(socket.closed()).isEqualTo("4001 tenant_suspended");
    }

    @Test
    void anExpiryEndsSocketAndEvents() throws Exception {
        Account brief = mesh.account("socket-brief", Instant.now().plusSeconds(10));
        endsBoth(brief, () -> {});
    }

    @Test
    void anExpirySetWhileTheyRunEndsSocketAndEvents() throws Exception {
        Account lasting = mesh.account("socket-lasting");
        endsBoth(lasting, () -> mesh.expire(lasting, Instant.now().plusSeconds(2)));
    }

    @Test
    void anExpiryThatIsShortenedEndsSocketAndEvents() throws Exception {
        Account shortened = mesh.account("socket-shortened", Instant.now().plusSeconds(3_600));
        endsBoth(shortened, () -> mesh.expire(shortened, Instant.now().minusSeconds(1)));
    }

    @Test
    void aRevocationEndsTheEventsToo() throws Exception {
        Account gone = mesh.account("events-gone");
        mesh.upstream.expectStream();
        mesh.upstream.frame("0");
        try (BufferedReader lines = events(gone)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            lines.readLine();
            mesh.revoke(gone);
            assertSaysWhyItEnds(lines, "invalid_api_key");
        }
    }

    private static void endsBoth(Account account, Runnable once) throws Exception {
        EdgeSocket socket = open(account.key());
        mesh.upstream.frame("0");
        try (BufferedReader lines = events(account)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            lines.readLine();
            once.run();
            assertThat(socket.closed()).isEqualTo("4001 invalid_api_key");
            assertSaysWhyItEnds(lines, "invalid_api_key");
        }
    }

    // Its last event is the problem; then it is whole, not cut.
    private static void assertSaysWhyItEnds(BufferedReader lines, String code) {
        List<String> rest = lines.lines().filter(line -> !line.isBlank()).toList();
        assertThat(rest).hasSize(2);
        assertThat(rest.getFirst()).isEqualTo("event: error");
        assertThat(rest.getLast()).startsWith("data: {").contains("\"code\":\"" + code + "\"", "\"requestId\":");
    }

    private static EdgeSocket open(@Nullable String key, String... protocols) throws Exception {
        return EdgeSocket.open(mesh.client, mesh.uri(COSTS), key, protocols);
    }

    private static int refusal(@Nullable String key, String... protocols) throws Exception {
        return EdgeSocket.refusal(mesh.client, mesh.uri(COSTS), key, protocols);
    }

    private static String ticket(Account account) throws Exception {
        HttpResponse<String> answer = mesh.post(TICKETS, account.key(), BodyPublishers.noBody());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonNode issued = JSON.readTree(answer.body());
        assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
        return Objects.requireNonNull(issued.path("ticket").asString());
    }

    // The JDK's client sends no Origin.
    private static String handshake(String header) throws IOException {
        try (Socket raw = new Socket(InetAddress.getLoopbackAddress(), mesh.port())) {
            raw.setSoTimeout(30_000);
            raw.getOutputStream()
                    .write(("GET /ws/costs HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Sec-WebSocket-Protocol: weir.costs.v1, bearer." + acme.key() + "\r\n" + header
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(raw.getInputStream(), StandardCharsets.US_ASCII)).readLine()
                    + " ";
        }
    }

    private static BufferedReader events(Account account) throws Exception {
        HttpResponse<InputStream> answer = mesh.client.send(
                HttpRequest.newBuilder(mesh.uri("/api/analytics/costs/stream"))
                        .header("authorization", "Bearer " + account.key())
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
