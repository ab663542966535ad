package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Infrastructure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that two readers could take for different ones: each is refused as the caller's mistake, reaches no
/// service, and is no error of ours in the log.
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class StrictFormIT {

    private static final String SMUGGLED = "GET /v1/models?smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static Mesh mesh;
    private static Account acme;
    private Raw.Log log;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka()).started();
        acme = mesh.account("strict-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @BeforeEach
    void forget() {
        mesh.upstream.forget();
        log = new Raw.Log();
    }

    @AfterEach
    void noAttackIsAnErrorOfOurs() {
        log.close();
        assertThat(log.alarms()).isEmpty();
        assertThat(log.lines()).noneMatch(line -> line.contains(acme.key()));
    }

    static Stream<Arguments> framings() {
        String chunk = "0\r\n\r\n";
        return Stream.of(
                framing("both lengths", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", chunk + SMUGGLED),
                framing("both, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunk),
                framing("two lengths", "Content-Length: 0\r\nContent-Length: 60\r\n", SMUGGLED),
                framing("one length twice", "Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
                framing("lengths in a list", "Content-Length: 2, 2\r\n", "{}"),
                framing("a signed length", "Content-Length: +2\r\n", "{}"),
                framing("a negative length", "Content-Length: -1\r\n", ""),
                framing("a hexadecimal length", "Content-Length: 0x2\r\n", "{}"),
                framing("a length that overflows", "Content-Length: 18446744073709551618\r\n", "{}"),
                framing("a space before the colon", "Content-Length : 2\r\n", "{}"),
                framing("an unknown coding", "Transfer-Encoding: xchunked\r\n", chunk),
                framing("two codings", "Transfer-Encoding: gzip, chunked\r\n", chunk),
                framing("chunked and identity", "Transfer-Encoding: chunked, identity\r\n", chunk),
                framing("codings in two headers", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", chunk),
                framing("a coding with a tab", "Transfer-Encoding:\tchunked;x=1\r\n", chunk),
                framing("a coding with a space before the colon", "Transfer-Encoding : chunked\r\n", chunk),
                framing("a folded coding", "Transfer-Encoding:\r\n chunked\r\n", chunk),
                framing("a quoted coding", "Transfer-Encoding: \"chunked\"\r\n", chunk),
                framing("a vertical tab", "Transfer-Encoding:\u000bchunked\r\n", chunk),
                framing("a coding without end", "Transfer-Encoding: chunked\n", chunk),
                framing("a folded header", "x-any: a\r\n b\r\n", ""),
                framing("a folded first header", " x-any: a\r\n", ""),
                framing("a line that ends in LF", "x-any: a\nx-other: b\r\n", ""),
                framing("a CR within a line", "x-any: a\rb\r\n", ""),
                framing("a NUL", "x-any: a\u0000b\r\n", ""),
                framing("a control character", "x-any: a\u001bb\r\n", ""),
                framing("letters that are not ASCII", "x-any: caf\u00e9\r\n", ""),
                framing("a name that is not ASCII", "x-\u00e9: a\r\n", ""),
                framing("a name with a space", "x any: a\r\n", ""),
                framing("a header without a name", ": a\r\n", ""),
                framing("a header without a colon", "x-any\r\n", ""),
                framing("two keys", "Authorization: Bearer weir_live_other\r\n", ""),
                framing("another key in the other header", "X-Api-Key: weir_live_other\r\n", ""),
                framing("two key headers", "X-Api-Key: a\r\nX-Api-Key: b\r\n", ""),
                framing("two hosts", "Host: app.example.com\r\n", ""),
                framing("a large chunk size", "Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n"),
                framing("a chunk size in words", "Transfer-Encoding: chunked\r\n", "two\r\n{}\r\n0\r\n\r\n"),
                framing("a chunk size without CR", "Transfer-Encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n"),
                framing("a broken second chunk", "Transfer-Encoding: chunked\r\n", "2\r\n{}\r\nzz\r\n"),
                framing("a chunk longer than its size", "Transfer-Encoding: chunked\r\n", "2\r\n{}{}\r\n0\r\n\r\n"),
                framing("a negative chunk size", "Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"));
    }

    private static Arguments framing(String name, String headers, String body) {
        return Arguments.of(name, headers, body);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("framings")
    void aRequestOfTwoMeaningsIsRefusedAndNothingBehindItIsRead(String name, String headers, String body)
            throws Exception {
        String answer = Raw.send(
                mesh.port(),
                "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + acme.key()
                        + "\r\n" + headers + "\r\n" + body);

        assertThat(answer).doesNotContain("Exception", "at io.").containsOnlyOnce("HTTP/1.");
        assertThat(Raw.status(answer)).as(answer).isBetween(400, 431);
        assertThat(mesh.upstream.receivedNothing()).isTrue();
        assertStillServing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/models HTTP/1.1\r\n",
                "GET /v1/models HTTP/1.0\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: \r\n",
                "GET /v1/models HTTP/1.1\r\nHost: evil.example.org\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: app.example.com.evil.org\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: evilapp.example.com\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: user@localhost\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost, app.example.com\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost:99999\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost:http\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost/x\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: local host\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: localhost.\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: http://localhost\r\n",
                "GET /v1/models HTTP/1.1\r\nHost: [::1\r\n",
                "GET http://evil.example.org/v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "GET http://localhost@evil.org/v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "GET ftp://localhost/v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "GET localhost:80 HTTP/1.1\r\nHost: localhost\r\n",
                "GET * HTTP/1.1\r\nHost: localhost\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n",
                "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n",
                "CONNECT /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "TRACE /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "TRACK /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "PROPFIND /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "get /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "OPTIONS /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "GET  /v1/models HTTP/1.1\r\nHost: localhost\r\n",
                "GET /v1/models  HTTP/1.1\r\nHost: localhost\r\n",
                "GET\t/v1/models\tHTTP/1.1\r\nHost: localhost\r\n",
                "GET /v1/models HTTP/2.0\r\nHost: localhost\r\n",
                "GET /v1/models HTTP/1.2\r\nHost: localhost\r\n",
                "GET /v1/models http/1.1\r\nHost: localhost\r\n",
                "GET /v1/models\r\nHost: localhost\r\n",
                "G@T /v1/models HTTP/1.1\r\nHost: localhost\r\n"
            })
    void aHostOrTargetThatIsNotOursOrAMethodOfNoPathIsRefused(String head) throws Exception {
        String answer =
                Raw.send(mesh.port(), head + "Connection: close\r\nAuthorization: Bearer " + acme.key() + "\r\n\r\n");

        assertThat(Raw.status(answer)).as(answer).isIn(400, 405);
        assertThat(answer).contains("x-request-id").doesNotContain("Exception");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/../api/tenants",
                "/v1/%2e%2e/api/tenants",
                "/v1/.%2e/api/tenants",
                "/v1/x/..%2f..%2fapi",
                "/v1/%252e%252e/api",
                "/v1/models%00",
                "/v1/models%0d%0aHost:%20evil",
                "/v1/models;x=1",
                "/api;x=1/tenants",
                "/api/tenants/;/keys",
                "/v1/models%3bx=1",
                "/v1\\models",
                "/v1/%5c..%5capi",
                "/api/tenants%2fx",
                "/api%2ftenants",
                "/v1/%",
                "/v1/%2",
                "/v1/%zz",
                "/v1/%u002e",
                "/api/tenants/%7f",
                "/v1/models#x/../../api"
            })
    void aPathOfTwoReadingsIsRefused(String path) throws Exception {
        String answer = Raw.send(
                mesh.port(),
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                        + acme.key() + "\r\n\r\n");

        assertThat(Raw.status(answer)).as(answer).isIn(400, 404);
        assertThat(answer).doesNotContain("Exception");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void aBodyThatEndsEarlyIsNeverPassedOnAsAWholeOne() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh.port())) {
            socket.getOutputStream()
                    .write(("POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nAuthorization: Bearer "
                                    + acme.key() + "\r\n\r\n{}")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.setSoTimeout(30_000);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .doesNotContain("200 OK");
        }
        assertStillServing();
    }

    @Test
    void aModelsNameMayHaveAnEncodedSlash() throws Exception {
        assertThat(mesh.get("/v1/models/meta%2Fllama-3.1", acme.key()).statusCode())
                .isEqualTo(200);
        assertThat(mesh.upstream.next().uri()).isEqualTo("/v1/models/meta%2Fllama-3.1");
    }

    @Test
    void anAbsoluteTargetThatAgreesWithItsHostIsServed() throws Exception {
        String answer = Raw.send(
                mesh.port(),
                "GET http://localhost/v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + "Authorization: Bearer " + acme.key() + "\r\n\r\n");
        assertThat(Raw.status(answer)).as(answer).isEqualTo(200);
        assertThat(mesh.upstream.next().uri()).isEqualTo("/v1/models");
    }

    @Test
    void tooManyHeadersTooLargeOnesAndTooLongALineAreToldApart() throws Exception {
        String start = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(Raw.status(Raw.send(mesh.port(), start + "x: y\r\n".repeat(100) + "\r\n")))
                .isEqualTo(431);
        assertThat(Raw.status(Raw.send(mesh.port(), start + "x: " + "y".repeat(20_000) + "\r\n\r\n")))
                .isEqualTo(431);
        assertThat(Raw.status(Raw.send(mesh.port(), "GET /v1/" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n")))
                .isEqualTo(414);
    }

    @Test
    void whatFollowsARefusedRequestOnItsConnectionIsNeverServed() throws Exception {
        String good = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + acme.key() + "\r\n\r\n";
        String answer = Raw.send(
                mesh.port(),
                good + "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + good);

        assertThat(answer.split("HTTP/1.1 ", -1)).hasSizeLessThanOrEqualTo(3);
        assertThat(mesh.upstream.next().uri()).isEqualTo("/v1/models");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }

    @Test
    void anAnswerToHeadHasNoBody() throws Exception {
        String answer = Raw.send(
                mesh.port(),
                "HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                        + acme.key() + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n").doesNotContain("{");
    }

    @Test
    void aHeadThatComesByteByByteIsReadAsOne() throws Exception {
        String request = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                + acme.key() + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mesh.port())) {
            socket.setTcpNoDelay(true);
            for (int i = 0; i < request.length() - 1; i++) {
                socket.getOutputStream().write(request.charAt(i));
            }
            assertThat(Raw.exchange(socket, request.substring(request.length() - 1)))
                    .startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void noiseIsAnsweredWithAnErrorOrNothing() throws IOException {
        for (String noise : new String[] {
            "\u0016\u0003\u0001\u0002\u0000", "\r\n\r\n\r\nX\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        }) {
            assertThat(Raw.status(Raw.send(mesh.port(), noise))).isIn(0, 400);
        }
    }

    private static void assertStillServing() throws Exception {
        HttpResponse<String> answer = mesh.get("/v1/models", acme.key());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(mesh.upstream.next().uri()).isEqualTo("/v1/models");
        assertThat(mesh.upstream.receivedNothing()).isTrue();
    }
}
