package io.weir.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How the gateway leaves.
@Timeout(120)
class ShutdownIT {

    @Test
    void stoppingTheGatewayLetsOpenStreamsFinish() throws Exception {
        Mesh other = Mesh.on(Infrastructure.kafka()).started();
        try (other) {
            Account account = other.account("patient-corp");
            other.upstream.expectStream();
            other.upstream.frame("0");
            HttpResponse<InputStream> answer = other.client.send(
                    HttpRequest.newBuilder(other.uri("/v1/stream"))
                            .header("authorization", "Bearer " + account.key())
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines = reader(answer)) {
                assertThat(lines.readLine()).isEqualTo("data: 0");
                CompletableFuture<Void> stopped = CompletableFuture.runAsync(other::stopGateway);
                Eventually.passes(Duration.ofSeconds(5), () -> {
                    other.upstream.frame("1");
                    lines.readLine();
                    assertThat(lines.readLine()).isEqualTo("data: 1");
                    assertThat(ready(other)).isFalse();
                });
                other.upstream.frames.tryEmitComplete();
                assertThat(lines.lines().toList()).allMatch(line -> line.isEmpty() || line.equals("data: 1"));
                stopped.get(20, TimeUnit.SECONDS);
            }
        }
    }

    // Connections that are open are still served, and told; new ones are refused.
    private static boolean ready(Mesh mesh) throws InterruptedException {
        try {
            return mesh.get("/ready", null).statusCode() == 200;
        } catch (IOException refused) {
            return false;
        }
    }

    private static BufferedReader reader(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
