package io.weir.local.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testing.Eventually;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Every kind of key is rotated on a platform that serves calls, and the gateway's port for TLS.
@Tag("e2e")
class KeyRotationIT {

    @Test
    void noCallFailsWhileEveryKindOfKeyIsRotated() throws Exception {
        Platform.Tenant tenant = Platform.provision("rotation", "growth", "");
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> {
            while (going.get()) {
                if (Http.get(Platform.gateway() + "/v1/models", tenant.apiKey()).status() != 200) {
                    failed.incrementAndGet();
                }
                calls.incrementAndGet();
            }
        });
        for (String kind : new String[] {"pepper", "passport", "audit", "envelope"}) {
            Platform.Finished rotated = Platform.weir("keys", "rotate", kind, "--json");
            assertThat(rotated.exitCode()).as(rotated.output()).isZero();
        }
        going.set(false);
        traffic.get(60, TimeUnit.SECONDS);

        assertThat(calls.get()).isGreaterThan(20);
        assertThat(failed.get()).isZero();
        Platform.Tenant later = Platform.provision("rotated", "growth", "");
        assertThat(Http.get(Platform.gateway() + "/v1/models", later.apiKey()).status())
                .isEqualTo(200);
        Platform.Finished refused = Platform.weir("keys", "retire", "pepper", "p0001");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.output()).contains("live API keys");
    }

    @Test
    void theGatewayIsCalledOverTlsByWhoTrustsTheLocalAuthority() throws Exception {
        Platform.gateway();
        JsonNode platform = Platform.describe();
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(
                        trusting(Path.of(platform.path("certificateAuthority").asString())))
                .build()) {
            Eventually.passes(Duration.ofSeconds(30), () -> {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create(platform.path("https").asString() + "/v1/models"))
                                .header(
                                        "Authorization",
                                        "Bearer " + Platform.demo("freeco").apiKey())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            });
        }
    }

    private static SSLContext trusting(Path authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
