package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.weir.gateway.Mesh.Account;
import io.weir.gateway.wire.TlsServer;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The port for TLS, and what is left of the plain one beside it.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class TlsIT {

    private static X509Bundle authority;
    private static Path certificate;
    private static Path key;
    private static SSLContext trusting;
    private static Mesh mesh;
    private static Account acme;
    private Raw.Log log;

    @BeforeAll
    static void start() throws Exception {
        authority = new CertificateBuilder()
                .subject("CN=tests")
                .setIsCertificateAuthority(true)
                .ecp256()
                .buildSelfSigned();
        Path directory = Files.createTempDirectory("gateway-tls-");
        certificate = directory.resolve("tls.crt");
        key = directory.resolve("tls.key");
        issue("CN=first");
        trusting = SSLContext.getInstance("TLS");
        trusting.init(null, new TrustManager[] {authority.toTrustManager()}, null);
        mesh = Mesh.on(Infrastructure.kafka())
                .with("weir.tls.port", 0)
                .with("weir.tls.certificate", certificate)
                .with("weir.tls.private-key", key)
                .with("weir.tls.reload-every", "100ms")
                .with("weir.gateway.trusted-proxies", "127.0.0.1")
                .with("weir.gateway.body-timeout", "5s")
                .started();
        acme = mesh.account("tls-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.expectStream();
        mesh.upstream.forget();
        log = new Raw.Log();
    }

    @AfterEach
    void nothingIsAnErrorOfOurs() {
        log.close();
        assertThat(log.alarms()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_1_1", "HTTP_2"})
    void aCallOverTlsIsServedInEitherProtocolAndToldToStayWithTls(HttpClient.Version version) throws Exception {
        try (HttpClient client = client(version)) {
            HttpResponse<String> answer =
                    client.send(request("/v1/models").build(), HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
            assertThat(answer.headers().firstValue("strict-transport-security"))
                    .hasValue("max-age=31536000; includeSubDomains");
            assertThat(mesh.upstream.next().headers().names()).noneMatch(name -> name.startsWith("x-http2"));
            HttpResponse<String> refused = client.send(
                    HttpRequest.newBuilder(uri("/v1/models")).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().allValues("strict-transport-security")).hasSize(1);
        }
    }

    @Test
    void theStrictReadingHoldsBehindTlsToo() throws Exception {
        String answer = overTls(String.join(
                "\r\n",
                "POST /v1/echo HTTP/1.1",
                "Host: localhost",
                "Content-Length: 4",
                "Transfer-Encoding: chunked",
                "",
                "0",
                "",
                "GET /v1/models HTTP/1.1",
                "",
                ""));
        assertThat(answer)
                .startsWith("HTTP/1.1 400")
                .containsOnlyOnce("HTTP/1.1")
                .contains("strict-transport-security", "in two ways");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aBodyThatDoesNotComeIsNotWaitedForOverHttp2() throws Exception {
        try (HttpClient client = client(HttpClient.Version.HTTP_2);
                SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
            CompletableFuture<HttpResponse<String>> slow = client.sendAsync(
                    request("/v1/echo")
                            .POST(HttpRequest.BodyPublishers.fromPublisher(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            body.submit(ByteBuffer.wrap(new byte[] {'{'}));
            assertThatThrownBy(() -> slow.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);

            HttpResponse<String> whole = client.send(
                    request("/v1/echo")
                            .POST(HttpRequest.BodyPublishers.ofString("{}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(whole.statusCode()).as(whole.body()).isEqualTo(200);
            assertThat(whole.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
    }

    @Test
    void olderVersionsAreRefusedInTheHandshake() throws Exception {
        try (SSLSocket socket = socket()) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void plainHttpToThePortForTlsIsToldSoAndNoiseIsNot() throws Exception {
        assertThat(Raw.send(tlsPort(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("Use https://");
        assertThat(Raw.send(tlsPort(), "\u0000\u0001\u0002")).isEmpty();
        assertThat(Raw.send(tlsPort(), "\u0016\u0003\u0001\u0000\u0005nonsense"))
                .doesNotContain("HTTP");
    }

    @Test
    void plainHttpIsForProgramsOfThisMachineAlone() throws Exception {
        assertThat(mesh.get("/v1/models", acme.key()).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = mesh.get("/v1/models", acme.key(), "X-Forwarded-For", "203.0.113.7");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("https://");
        HttpResponse<String> encrypted =
                mesh.get("/v1/models", acme.key(), "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https");
        assertThat(encrypted.statusCode()).isEqualTo(200);
        assertThat(encrypted.headers().firstValue("strict-transport-security")).isPresent();
        String[] clientsWordFirst = {
            "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "X-Forwarded-Proto", "http"
        };
        assertThat(mesh.get("/v1/models", acme.key(), clientsWordFirst).statusCode())
                .isEqualTo(400);
        assertThat(mesh.get("/v1/models", acme.key()).headers().firstValue("strict-transport-security"))
                .isEmpty();
    }

    @Test
    void aNewCertificateIsServedWithoutDroppingWhatRuns() throws Exception {
        mesh.upstream.frame("0");
        try (HttpClient client = client(HttpClient.Version.HTTP_1_1)) {
            HttpResponse<InputStream> running =
                    client.send(request("/v1/stream").build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(new String(running.body().readNBytes(7), StandardCharsets.UTF_8))
                    .isEqualTo("data: 0");
            Files.writeString(certificate, "half a file");
            issue("CN=second");
            Eventually.passes(Duration.ofSeconds(30), () -> assertThat(served()).isEqualTo("CN=second"));
            mesh.upstream.frame("1");
            mesh.upstream.frames.tryEmitComplete().orThrow();
            assertThat(new String(running.body().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("data: 1");
        }
        // The file that was half written is one line in the log, without a stack trace.
        log.close();
        log = new Raw.Log();
    }

    private static void issue(String subject) throws Exception {
        X509Bundle server = new CertificateBuilder()
                .subject(subject)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .ecp256()
                .buildIssuedBy(authority);
        Files.writeString(key, server.getPrivateKeyPEM());
        Files.writeString(certificate, server.getCertificatePathPEM());
    }

    private static String served() throws IOException {
        try (SSLSocket socket = socket()) {
            socket.startHandshake();
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return leaf.getSubjectX500Principal().getName();
        }
    }

    private static String overTls(String request) throws IOException {
        try (SSLSocket socket = socket()) {
            return Raw.exchange(socket, request);
        }
    }

    private static SSLSocket socket() throws IOException {
        return (SSLSocket) trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), tlsPort());
    }

    private static HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).sslContext(trusting).build();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).header("authorization", "Bearer " + acme.key());
    }

    private static URI uri(String path) {
        return URI.create("https://localhost:" + tlsPort() + path);
    }

    private static int tlsPort() {
        return mesh.gateway().getBean(TlsServer.class).port();
    }
}
