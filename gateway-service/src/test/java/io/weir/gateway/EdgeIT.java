package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.security.ApiKey;
import io.weir.security.Passport;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client can and cannot do at the edge.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class EdgeIT {

    private static final int MAX_BYTES = 100_000;
    private static Mesh mesh;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.gateway.max-request-bytes", MAX_BYTES + "B")
                .with("weir.redis.url", Infrastructure.redis())
                .started();
        acme = mesh.account("acme-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.forget();
    }

    @Test
    void aCallArrivesWithAPassportThatHoldsAndWithoutItsKey() throws Exception {
        HttpResponse<String> answer = mesh.get("/v1/models?limit=2", acme.key(), "x-weir-tags", "team=search");

        assertThat(answer.statusCode()).isEqualTo(200);
        Upstream.Received received = mesh.upstream.next();
        assertThat(received.uri()).isEqualTo("/v1/models?limit=2");
        Passport passport = mesh.verifier().verify(received.header(Passport.HEADER));
        assertThat(passport.tenant().id()).isEqualTo(acme.tenant());
        assertThat(passport.subject()).isEqualTo("key:" + acme.apiKey().id());
        assertThat(received.header("x-request-id")).isEqualTo(requestId(answer));
        assertThat(received.header("baggage")).isEqualTo("tenant.id=" + acme.tenant());
        assertThat(received.header("x-weir-tags")).isEqualTo("team=search");
        assertThat(received.headers().toString()).doesNotContain(acme.key());
        assertThat(mesh.get("/v1/models", null, "x-api-key", acme.key()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void forgedContextIsStrippedOrReplaced() throws Exception {
        mesh.get(
                "/v1/models",
                acme.key(),
                "X-Weir-Passport",
                "forged",
                "X-Tenant-Id",
                UUID.randomUUID().toString(),
                "x-weir-anything",
                "forged",
                "baggage",
                "tenant.id=forged",
                "tenant.id",
                "forged",
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "tracestate",
                "forged=1",
                "x-request-id",
                "forged",
                "X-Forwarded-For",
                "10.9.9.9",
                "Forwarded",
                "for=10.9.9.9",
                "cookie",
                "session=forged");

        Upstream.Received received = mesh.upstream.next();
        assertThat(mesh.verifier()
                        .verify(received.header(Passport.HEADER))
                        .tenant()
                        .id())
                .isEqualTo(acme.tenant());
        assertThat(received.headers().toString().replace(received.header(Passport.HEADER), ""))
                .doesNotContain("forged", "10.9.9.9", "0af7651916cd43dd8448eb211c80319c");
        assertThat(received.headers().contains("x-tenant-id")).isFalse();
    }

    @Test
    void aPassportIsReusedWhileFresh() throws Exception {
        mesh.get("/v1/models", acme.key());
        mesh.get("/v1/models", acme.key());
        assertThat(mesh.upstream.next().header(Passport.HEADER))
                .isEqualTo(mesh.upstream.next().header(Passport.HEADER));
    }

    @Test
    void aKeyIsRefusedWithWhatIsWrongAndNoWordOnWhetherItsIdExists() throws Exception {
        String key = acme.key();
        String typo = key.substring(0, 30) + (key.charAt(30) == 'a' ? 'b' : 'a') + key.substring(31);
        ApiKey unknown = ApiKey.generate(ApiKey.Mode.TEST, new SecureRandom());

        assertThat(refusal(mesh.get("/v1/models", null), 401, "invalid_api_key"))
                .contains("No API key provided");
        assertThat(refusal(mesh.get("/v1/models", "sk-123"), 401, "invalid_api_key"))
                .contains("not an API key");
        assertThat(refusal(mesh.get("/v1/models", typo), 401, "invalid_api_key"))
                .contains("typo");
        String ofUnknown = refusal(mesh.get("/v1/models", unknown.reveal()), 401, "invalid_api_key");
        String ofWrongSecret = refusal(mesh.get("/v1/models", sameIdOtherSecret()), 401, "invalid_api_key");
        assertThat(withoutId(ofUnknown)).isEqualTo(withoutId(ofWrongSecret)).contains("Incorrect API key");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aRevokedKeyStopsAtOnceAndSaysSo() throws Exception {
        Account gone = mesh.account("gone-corp");
        mesh.revoke(gone);
        long revokedAt = System.nanoTime();
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(mesh.get("/v1/models", gone.key()).statusCode())
                        .isEqualTo(401));
        long millis = (System.nanoTime() - revokedAt) / 1_000_000;
        LoggerFactory.getLogger(EdgeIT.class).info("measured: a revocation took {} ms", millis);

        assertThat(millis).isLessThan(5_000);
        assertThat(refusal(mesh.get("/v1/models", gone.key()), 401, "invalid_api_key"))
                .contains("revoked");
    }

    @Test
    void estimatesNeedAKeyAndReachTheirServiceWithAPassport() throws Exception {
        HttpResponse<String> refused =
                mesh.post("/api/orchestration/estimate", "weir_live_none", BodyPublishers.ofString("{}"));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");

        String body = "{\"taskDescription\":\"Classify this.\"}";
        mesh.post("/api/orchestration/estimate", acme.key(), BodyPublishers.ofString(body));
        Upstream.Received received = mesh.upstream.next();
        assertThat(received.uri()).isEqualTo("/api/orchestration/estimate");
        assertThat(mesh.verifier()
                        .verify(received.header(Passport.HEADER))
                        .tenant()
                        .id())
                .isEqualTo(acme.tenant());
    }

    @Test
    void anExpiredKeyIsRefused() throws Exception {
        Account late = mesh.account("late-corp");
        mesh.expire(late, Instant.now().minusSeconds(1));
        Eventually.passes(() -> assertThat(refusal(mesh.get("/v1/models", late.key()), 401, "invalid_api_key"))
                .contains("expired"));
    }

    @Test
    void aSuspendedTenantIsRefusedInTheShapeOfItsPath() throws Exception {
        Account halted = mesh.account("halted-corp");
        mesh.suspend(halted);
        Eventually.passes(() -> refusal(mesh.get("/v1/models", halted.key()), 403, "tenant_suspended"));
        HttpResponse<String> problem = mesh.get("/api/analytics/cost-summary", halted.key());
        assertThat(problem.statusCode()).isEqualTo(403);
        assertThat(problem.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(json(problem).path("code").asString()).isEqualTo("tenant_suspended");
    }

    @Test
    void namingAnotherTenantIsRefusedAndNamingTheOwnIsNot() throws Exception {
        refusal(mesh.get("/v1/models", acme.key(), "X-Tenant-Slug", "other-corp"), 403, "tenant_mismatch");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
        assertThat(mesh.get("/v1/models", acme.key(), "X-Tenant-Slug", "acme-corp")
                        .statusCode())
                .isEqualTo(200);
        assertThat(mesh.upstream.next().headers().contains("x-tenant-slug")).isFalse();
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: other-corp.app.example.com\r\nConnection: close\r\n"
                        + "Authorization: Bearer " + acme.key() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("tenant_mismatch");
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: ACME-corp.app.example.com:8080\r\nConnection: close\r\n"
                        + "Authorization: Bearer " + acme.key() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aBodyThatAnnouncesTooMuchIsRefusedAtOnce() throws Exception {
        String refusal = refusal(
                mesh.post("/v1/chat/completions", acme.key(), BodyPublishers.ofByteArray(new byte[MAX_BYTES + 1])),
                413,
                "request_too_large");
        assertThat(refusal).contains("" + MAX_BYTES);
        assertThat(mesh.post("/v1/echo", acme.key(), BodyPublishers.ofByteArray(new byte[MAX_BYTES]))
                        .statusCode())
                .isEqualTo(200);
        assertThat(mesh.upstream.next().bodyBytes()).isEqualTo(MAX_BYTES);
    }

    @Test
    void aBodyThatAnnouncesNothingIsCounted() throws Exception {
        refusal(mesh.post("/v1/echo", acme.key(), chunked(MAX_BYTES * 3)), 413, "request_too_large");
        assertThat(mesh.post("/v1/echo", acme.key(), chunked(MAX_BYTES)).statusCode())
                .isEqualTo(200);
        assertThat(mesh.upstream.next().bodyBytes()).isEqualTo(MAX_BYTES);
    }

    @Test
    void whatIsTheConnectionsOwnGoesNoFurtherAndTheBodyStaysWhole() throws Exception {
        String answer = Raw.send(
                mesh.port(),
                "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + acme.key()
                        + "\r\nConnection: close, X-Private, Content-Length\r\nX-Private: mine\r\nTE: trailers\r\n"
                        + "Keep-Alive: timeout=5\r\nProxy-Authorization: Basic x\r\nX-Kept: a\r\nX-Kept: b\r\n"
                        + "Content-Length: 7\r\n\r\n{\"a\":1}");

        assertThat(Raw.status(answer)).isEqualTo(200);
        Upstream.Received received = mesh.upstream.next();
        assertThat(received.body()).isEqualTo("{\"a\":1}");
        assertThat(received.header("content-length")).isEqualTo("7");
        assertThat(received.header("x-kept")).isEqualTo("a, b");
        assertThat(received.headers().names())
                .doesNotContain("x-private", "te", "keep-alive", "proxy-authorization", "connection");
        assertThat(received.header("host"))
                .isEqualTo(URI.create(mesh.upstream.url()).getAuthority());
    }

    @Test
    void anUnknownPathIsA404InTheShapeOfItsPlace() throws Exception {
        assertThat(json(mesh.get("/nowhere", acme.key())).path("type").asString())
                .isEqualTo("urn:weir:problem:not-found");
        HttpResponse<String> api = mesh.get("/api/v1/tenants/x/usage/more", acme.key());
        assertThat(api.statusCode()).isEqualTo(404);
        assertThat(api.headers().firstValue("content-type")).hasValue("application/problem+json");
        for (String dots : new String[] {"/v1/../api/tenants", "/v1/%2e%2E/health", "/v1/x/..%2fy"}) {
            assertThat(raw("GET " + dots + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 400")
                    .contains("segments");
        }
    }

    @Test
    void doubledAndTrailingSlashesAreForgiven() throws Exception {
        assertThat(mesh.get("/v1//models/?a=b//c", acme.key()).statusCode()).isEqualTo(200);
        assertThat(mesh.upstream.next().uri()).isEqualTo("/v1/models?a=b//c");
        assertThat(raw("GET //v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                        + acme.key() + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @CsvSource({"Accept, nonsense", "Accept, a/b/c", "Content-Type, nonsense", "Content-Type, application/json;="})
    void aHeaderThatIsNoMediaTypeIsPassedOnOrTheCallersMistake(String header, String value) throws Exception {
        assertThat(mesh.get("/v1/models", acme.key(), header, value).statusCode())
                .isEqualTo(200);
        assertThat(mesh.get("/nowhere", acme.key(), header, value).statusCode()).isEqualTo(404);
        assertThat(mesh.get("/api/health", null, header, value).statusCode()).isLessThan(500);
        assertThat(mesh.get("/v1/models", null, header, value).statusCode()).isEqualTo(401);
    }

    @Test
    void aClientOfTheMessagesApiComesByItsOwnHeaderWhichGoesNoFurther() throws Exception {
        HttpResponse<String> answer = mesh.get(
                "/v1/messages?beta=true",
                null,
                "x-api-key",
                acme.key(),
                "anthropic-version",
                "2023-06-01",
                "anthropic-beta",
                "some-beta");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("request-id")).containsExactly(requestId(answer));
        Upstream.Received received = mesh.upstream.next();
        assertThat(mesh.verifier()
                        .verify(received.header(Passport.HEADER))
                        .tenant()
                        .id())
                .isEqualTo(acme.tenant());
        assertThat(received.headers().contains("x-api-key")).isFalse();
        assertThat(received.headers().toString()).doesNotContain(acme.key());
        assertThat(received.header("anthropic-version")).isEqualTo("2023-06-01");
    }

    @Test
    void twoCredentialsThatDifferAreNoneAndTwoThatAgreeAreOne() throws Exception {
        Account other = mesh.account("other-caller");
        for (String path : List.of("/v1/messages", "/v1/models", "/api/tenants")) {
            HttpResponse<String> answer = mesh.get(path, acme.key(), "x-api-key", other.key());
            assertThat(answer.statusCode()).as(path).isEqualTo(400);
            assertThat(answer.body()).contains("different credentials");
        }
        assertThat(mesh.upstream.receivedNothing()).isTrue();
        assertThat(mesh.get("/v1/messages", acme.key(), "x-api-key", acme.key()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusalsOfTheMessagesApiAreInItsOwnShape() throws Exception {
        assertAnthropic(mesh.get("/v1/messages", null), 401, "authentication_error");
        assertAnthropic(mesh.get("/v1/messages/count_tokens", "sk-ant-123"), 401, "authentication_error");
        assertAnthropic(mesh.get("/v1/messages", null, "x-api-key", sameIdOtherSecret()), 401, "authentication_error");
        assertAnthropic(
                mesh.get("/v1/messages?beta=true", acme.key(), "X-Tenant-Slug", "other-corp"), 403, "permission_error");
        assertAnthropic(
                mesh.post("/v1/messages", acme.key(), BodyPublishers.ofByteArray(new byte[MAX_BYTES + 1])),
                413,
                "request_too_large");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
        assertThat(raw("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-api-key: " + acme.key()
                        + "\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
                .contains("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\"", "\r\nrequest-id: ");
    }

    private static void assertAnthropic(HttpResponse<String> answer, int status, String type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("type").asString()).isEqualTo("error");
        assertThat(json(answer).at("/error/type").asString()).isEqualTo(type);
        assertThat(json(answer).at("/error/message").asString()).isNotBlank();
        assertThat(json(answer).path("request_id").asString()).isEqualTo(requestId(answer));
        assertThat(answer.headers().firstValue("request-id")).hasValue(requestId(answer));
    }

    @Test
    void everyAnswerHasAnIdOfOurOwnAndSecurityHeaders() throws Exception {
        for (HttpResponse<String> answer : List.of(
                mesh.get("/v1/models", acme.key()),
                mesh.get("/v1/models", "x"),
                mesh.get("/nowhere", null),
                mesh.get("/api/health", null))) {
            assertThat(UUID.fromString(requestId(answer)).version()).isEqualTo(7);
            assertThat(answer.headers().allValues("x-content-type-options")).containsExactly("nosniff");
            assertThat(answer.headers().firstValue("server")).isEmpty();
        }
    }

    @Test
    void whatIsNotHttpGetsABodyAndNoStackTrace() throws Exception {
        assertThat(raw("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-big: " + "a".repeat(20_000)
                        + "\r\n\r\n"))
                .contains("x-request-id")
                .contains("\"error\":{\"message\":\"The request's headers are too large");
        assertThat(raw("NONSENSE\r\n\r\n")).startsWith("HTTP/1.1 400").contains("\"error\":{");
        assertThat(raw("GET /v1/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .contains("\"error\":{")
                .doesNotContain("Exception");
    }

    @Test
    void healthCollectsEveryService() throws Exception {
        HttpResponse<String> health = mesh.get("/api/v1/health", null);
        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(json(health).path("status").asString()).isEqualTo("healthy");
        for (String part : new String[] {"kafka", "redis", "postgres", "tenant-service", "billing-service"}) {
            assertThat(json(health).path("checks").path(part).asString()).isEqualTo("healthy");
        }
        HttpRequest.Builder post =
                HttpRequest.newBuilder(mesh.uri("/api/health")).POST(BodyPublishers.noBody());
        assertThat(mesh.send(post).statusCode()).isEqualTo(405);
    }

    // A key that an attacker would make up who knows the id and the form.
    private static String sameIdOtherSecret() {
        String body = acme.key().substring(0, 10 + ApiKey.ID_LENGTH)
                + ApiKey.generate(ApiKey.Mode.TEST, new SecureRandom()).reveal().substring(10 + ApiKey.ID_LENGTH, 54);
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        String alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        StringBuilder checksum = new StringBuilder();
        for (long rest = crc.getValue(), i = 0; i < 6; i++, rest /= 62) {
            checksum.insert(0, alphabet.charAt((int) (rest % 62)));
        }
        return body + checksum;
    }

    private static HttpRequest.BodyPublisher chunked(int bytes) {
        InputStream body = new ByteArrayInputStream(new byte[bytes]);
        return BodyPublishers.ofInputStream(() -> body);
    }

    private static String refusal(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asString()).isEqualTo(code);
        assertThat(error.has("param")).isTrue();
        assertThat(error.path("type").asString()).isNotEmpty();
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
        return error.path("message").asString();
    }

    private static String withoutId(String message) {
        return message.replaceAll("\\(request id.*", "");
    }

    private static String requestId(HttpResponse<String> answer) {
        assertThat(answer.headers().allValues("x-request-id")).hasSize(1);
        return answer.headers().firstValue("x-request-id").orElseThrow();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String raw(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
