package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.gateway.Mesh.Account;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Answers that come in pieces, and calls that end before their time.
@SuppressWarnings("NullAway.Init")
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class StreamingIT {

    private static Mesh mesh;
    // What is behind it may be silent for two seconds only.
    private static Mesh impatient;
    private static Account acme;

    @BeforeAll
    static void start() throws Exception {
        mesh = Mesh.on(Infrastructure.kafka()).started();
        impatient = Mesh.on(Infrastructure.kafka())
                .with("spring.cloud.gateway.server.webflux.httpclient.response-timeout", "2s")
                .started();
        acme = mesh.account("stream-corp");
    }

    @AfterAll
    static void stop() {
        mesh.close();
        impatient.close();
    }

    @BeforeEach
    void expectStream() {
        mesh.upstream.expectStream();
        mesh.upstream.forget();
    }

    @Test
    void everyFrameArrivesBeforeTheNextIsSent() throws Exception {
        mesh.upstream.frame("0");
        try (BufferedReader lines = stream(acme)) {
            for (int frame = 0; frame < 50; frame++) {
                assertThat(lines.readLine()).isEqualTo("data: " + frame);
                assertThat(lines.readLine()).isEmpty();
                mesh.upstream.frame("" + (frame + 1));
            }
        }
    }

    @Test
    void aClientThatLeavesEndsTheCallBehind() throws Exception {
        mesh.upstream.frame("0");
        BufferedReader lines = stream(acme);
        lines.readLine();
        lines.close();
        assertThat(mesh.upstream.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aClientThatLeavesBeforeTheAnswerEndsTheCallBehind() throws Exception {
        CompletableFuture<HttpResponse<String>> call =
                mesh.client.sendAsync(request("/v1/hang", acme), HttpResponse.BodyHandlers.ofString());
        mesh.upstream.next();
        call.cancel(true);
        assertThat(mesh.upstream.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRevocationEndsTheKeysStreamsAndNoOther() throws Exception {
        Account gone = mesh.account("ended-corp");
        mesh.upstream.expectStream();
        mesh.upstream.frame("0");
        try (BufferedReader lines = stream(gone)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            lines.readLine();
            mesh.revoke(gone);
            long revokedAt = System.nanoTime();
            List<String> rest = lines.lines().filter(line -> !line.isBlank()).toList();
            assertThat(rest).hasSize(1);
            assertThat(rest.getFirst()).startsWith("data: {\"error\":").contains("\"code\":\"invalid_api_key\"");
            long millis = (System.nanoTime() - revokedAt) / 1_000_000;
            LoggerFactory.getLogger(StreamingIT.class)
                    .info("measured: a revoked key's stream ended after {} ms", millis);
            assertThat(millis).isLessThan(5_000);
        }
        assertThat(mesh.upstream.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(mesh.get("/v1/models", acme.key()).statusCode()).isEqualTo(200);
    }

    @Test
    void anAnswerThatBeganMayFinishAndIsCutWhereItDoesNot() throws Exception {
        Account gone = mesh.account("cut-corp");
        mesh.upstream.expectStream();
        mesh.upstream.frame("0");
        HttpResponse<InputStream> answer =
                mesh.client.send(request("/v1/pieces", gone), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = reader(answer)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            mesh.revoke(gone);
            Eventually.passes(() ->
                    assertThat(mesh.get("/v1/models", gone.key()).statusCode()).isEqualTo(401));
            assertThatThrownBy(() -> lines.lines().forEach(line -> {})).hasRootCauseInstanceOf(IOException.class);
        }
        assertThat(mesh.upstream.cancelled.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSuspensionEndsAWaitingCallWithAnAnswer() throws Exception {
        Account halted = mesh.account("waiting-corp");
        mesh.upstream.expectStream();
        CompletableFuture<HttpResponse<String>> call =
                mesh.client.sendAsync(request("/v1/hang", halted), HttpResponse.BodyHandlers.ofString());
        mesh.upstream.next();
        mesh.suspend(halted);
        HttpResponse<String> answer = call.get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("\"code\":\"tenant_suspended\"");
        assertThat(mesh.upstream.cancelled.await(30, TimeUnit.SECONDS))
                .as("the call behind ends, too")
                .isTrue();
    }

    @Test
    void aServiceThatSaysNothingForTooLongIsA503() throws Exception {
        Account account = impatient.account("silence-corp");
        assertUnavailable(impatient.get("/v1/hang", account.key()));
    }

    @Test
    void aServiceThatHangsUpIsA503() throws Exception {
        assertUnavailable(mesh.get("/v1/hangup", acme.key()));
    }

    @Test
    void aStreamThatFallsSilentInTheMiddleSaysSoAndEnds() throws Exception {
        Account account = impatient.account("half-corp");
        impatient.upstream.expectStream();
        impatient.upstream.frame("0");
        try (BufferedReader lines = stream(impatient, account)) {
            List<String> all = lines.lines().filter(line -> !line.isEmpty()).toList();
            assertThat(all).hasSize(2).first().isEqualTo("data: 0");
            assertThat(all.getLast())
                    .startsWith("data: {\"error\":")
                    .contains("\"code\":\"service_unavailable\"", "fell silent")
                    .doesNotContain("[DONE]", "127.0.0.1", "Exception");
        }
    }

    @Test
    void anAnswerThatFallsSilentInTheMiddleIsCutNotCompleted(CapturedOutput output) throws Exception {
        Account account = impatient.account("part-corp");
        impatient.upstream.expectStream();
        impatient.upstream.frame("0");
        HttpResponse<InputStream> answer = impatient.client.send(
                request(impatient, "/v1/pieces", account), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = reader(answer)) {
            assertThat(lines.readLine()).isEqualTo("data: 0");
            assertThatThrownBy(() -> lines.lines().forEach(line -> {})).hasRootCauseInstanceOf(IOException.class);
        }
        Eventually.passes(() -> assertThat(output).contains("service_unavailable, because of"));
        assertThat(output).as("one line, not stack traces").doesNotContain("Error finishing response", "Error [");
    }

    private static void assertUnavailable(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("true");
        assertThat(answer.headers().firstValue("x-request-id")).isPresent();
        assertThat(answer.body()).contains("\"code\":\"service_unavailable\"").doesNotContain("127.0.0.1", "Exception");
    }

    private static HttpRequest request(String path, Account account) {
        return request(mesh, path, account);
    }

    private static HttpRequest request(Mesh of, String path, Account account) {
        return HttpRequest.newBuilder(of.uri(path))
                .header("authorization", "Bearer " + account.key())
                .build();
    }

    private static BufferedReader stream(Account account) throws IOException, InterruptedException {
        return stream(mesh, account);
    }

    private static BufferedReader stream(Mesh of, Account account) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                of.client.send(request(of, "/v1/stream", account), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
        return reader(answer);
    }

    private static BufferedReader reader(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
