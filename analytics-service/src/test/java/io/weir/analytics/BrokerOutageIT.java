package io.weir.analytics;

import static io.weir.security.Scope.PLATFORM_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.security.Passport;
import io.weir.security.Scope;
import io.weir.tenancy.TenantId;
import io.weir.testing.Eventually;
import io.weir.testing.Infrastructure;
import io.weir.testing.PrivateKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("infra")
class BrokerOutageIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    @Test
    void whoeverOpensAStreamMeanwhileIsRefusedTogetherNotOneByOne() throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(Files.createDirectory(directory.resolve("kafka-2")));
                RunningAnalytics analytics = new RunningAnalytics(
                        Files.createDirectory(directory.resolve("service-2")), broker.bootstrap())) {
            analytics.stop();
            // Not by this limit, then.
            analytics.with("weir.analytics.stream.open-limit", "10m").start();
            broker.kill();
            List<CompletableFuture<HttpResponse<String>>> opening = new ArrayList<>();
            try (HttpClient client = HttpClient.newHttpClient()) {
                for (int i = 0; i < 40; i++) {
                    TenantId tenant = RunningAnalytics.tenant();
                    opening.add(client.sendAsync(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + analytics.port() + "/ws/costs"))
                                    .header(Passport.HEADER, analytics.passport(tenant, Scope.ANALYTICS))
                                    .timeout(LIMIT)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
                }
                for (CompletableFuture<HttpResponse<String>> one : opening) {
                    assertThat(one.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
                }
            }
            // Without it the service takes its time to stop.
            broker.start();
        }
    }

    @Test
    void aBrokerThatGoesAndComesBackCostsNothingButTime() throws Exception {
        try (PrivateKafka broker = Infrastructure.privateKafka(Files.createDirectory(directory.resolve("kafka")));
                RunningAnalytics analytics =
                        new RunningAnalytics(Files.createDirectory(directory.resolve("service")), broker.bootstrap())) {
            TenantId tenant = RunningAnalytics.tenant();
            String stored = "SELECT count() AS n FROM usage_requests WHERE tenant_id = '" + tenant + "'";
            try (LedgerEvents ledger = new LedgerEvents(analytics.kafka(), 2).createTopic(analytics.kafka())) {
                ledger.createTopic(analytics.kafka(), "tenants.v1");
                ledger.createTopic(analytics.kafka(), "plans.v1");
                ledger.send(LedgerEvents.settled(tenant, "before", Instant.now()));
                Eventually.passes(
                        LIMIT, () -> assertThat(analytics.number(stored)).isOne());
            }
            // Usage may be stored before all snapshots are read.
            Eventually.passes(
                    LIMIT,
                    () -> assertThat(analytics.getWithout("/ready").status()).isEqualTo(200));
            broker.kill();
            assertThat(analytics.getWithout("/ready").status()).isEqualTo(200);
            String hour = Instant.now().truncatedTo(ChronoUnit.HOURS).toString();
            String body = "{\"tenantId\":\"" + tenant + "\",\"hour\":\"" + hour + "\"}";
            assertThat(analytics
                            .post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN)
                            .status())
                    .isEqualTo(503);

            broker.start();
            try (LedgerEvents ledger = new LedgerEvents(analytics.kafka(), 2)) {
                ledger.send(LedgerEvents.settled(tenant, "after", Instant.now()));
                Eventually.passes(
                        LIMIT, () -> assertThat(analytics.number(stored)).isEqualTo(2));
            }
            // Until the broker knows its groups again it is "try again in a moment".
            Eventually.passes(
                    LIMIT,
                    () -> assertThat(analytics
                                    .post(tenant, "/api/analytics/seal", body, PLATFORM_ADMIN)
                                    .status())
                            .isEqualTo(200));
        }
    }
}
