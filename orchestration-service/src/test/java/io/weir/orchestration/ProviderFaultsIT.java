package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProviderFaultsIT {

    @Test
    void aProviderThatFailsAtTimesIsAskedAgainAndEachAttemptIsListed() {
        try (Mesh mesh = Mesh.start("weir.upstream.backoff=5ms")) {
            mesh.provider().behave("{\"errorRate\": 0.25, \"seed\": 7}");
            TenantSnapshot tenant = mesh.tenant();
            int answered = 0;
            for (int i = 0; i < 20; i++) {
                answered += mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status() == 200 ? 1 : 0;
            }
            assertThat(answered).isGreaterThan(12);
            assertThat(mesh.ledger().of(tenant.tenantId()).stream()
                            .filter(Settled.class::isInstance)
                            .map(Settled.class::cast)
                            .filter(settled -> settled.attempts().size() > 1))
                    .isNotEmpty()
                    .allSatisfy(settled -> {
                        assertThat(settled.attempts().getFirst().status()).isEqualTo(500);
                        assertThat(settled.attempts().getFirst().cost().isZero())
                                .isTrue();
                        assertThat(settled.attempts().getLast().status()).isEqualTo(200);
                    });
            assertThat(mesh.provider().ledger().path("requests").asInt()).isEqualTo(answered);
        }
    }

    @Test
    void aProviderThatOnlyFailsIsLeftAloneForAWhileAndOtherModelsAreNot() {
        try (Mesh mesh = Mesh.start("weir.upstream.backoff=1ms", "weir.upstream.open-for=1s")) {
            mesh.provider().behave("{\"errorRate\": 1}");
            TenantSnapshot tenant = mesh.tenant();
            Client client = mesh.client(tenant);
            Answer first = client.chat(Client.hello(Mesh.MODEL));
            assertThat(first.status()).isEqualTo(502);
            assertThat(first.header("x-should-retry")).isEqualTo("true");
            assertThat(first.error().path("code").asString()).isEqualTo("upstream_error");
            // What one tenant alone meets may be its own doing.
            Client other = mesh.client(mesh.tenant());
            for (int i = 0; i < 4; i++) {
                other.chat(Client.hello(Mesh.MODEL));
                client.chat(Client.hello(Mesh.MODEL));
            }
            int asked = mesh.provider().ledger().path("failed").asInt();
            int before = mesh.ledger().of(tenant.tenantId()).size();
            Answer shut = client.chat(Client.hello(Mesh.MODEL));
            assertThat(shut.status()).isEqualTo(503);
            assertThat(shut.error().path("code").asString()).isEqualTo("upstream_unavailable");
            assertThat(mesh.provider().ledger().path("failed").asInt()).isEqualTo(asked);
            assertThat(mesh.ledger().of(tenant.tenantId())).hasSize(before);

            mesh.provider().behaveWell();
            assertThat(client.chat(Client.hello("gpt-4o")).status()).isEqualTo(200);
            Eventually.passes(
                    Duration.ofSeconds(10),
                    () -> assertThat(client.chat(Client.hello(Mesh.MODEL)).status())
                            .isEqualTo(200));
        }
    }

    @Test
    void whatAProviderRefusesNeitherOpensTheBreakerNorCosts() {
        try (Mesh mesh = Mesh.start()) {
            mesh.provider().behave("{\"errorRate\": 1, \"errorStatus\": 400}");
            TenantSnapshot tenant = mesh.tenant();
            for (int i = 0; i < 15; i++) {
                Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.error().path("message").asString()).contains("refused (simulated)");
            }
            assertThat(mesh.provider().ledger().path("failed").asInt()).isEqualTo(15);
            assertThat(mesh.ledger().of(tenant.tenantId()).getLast()).isInstanceOf(Released.class);
            mesh.provider().behaveWell();
            assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theProvidersRefusalOfOurKeyIsNotTheClients() {
        try (Mesh mesh = Mesh.start("weir.providers.openai.api-key=sk-invalid")) {
            Answer answer = mesh.client(mesh.tenant()).chat(Client.hello(Mesh.MODEL));
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.toString()).doesNotContain("sk-invalid", "Incorrect API key");
        }
    }

    @Test
    void theProvidersRateLimitIsPassedOnWithItsWait() {
        try (Mesh mesh = Mesh.start()) {
            mesh.provider().behave("{\"requestsPerMinute\": 1}");
            TenantSnapshot tenant = mesh.tenant();
            assertThat(mesh.client(tenant).chat(Client.hello(Mesh.MODEL)).status())
                    .isEqualTo(200);
            Answer limited = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
            assertThat(limited.status()).isEqualTo(429);
            assertThat(limited.error().path("code").asString()).isEqualTo("upstream_rate_limited");
            assertThat(Integer.parseInt(limited.header("retry-after"))).isBetween(1, 60);
            assertThat(limited.header("x-should-retry")).isEqualTo("true");
        }
    }

    @Test
    void aProviderThatIsNotThereIsA503() {
        try (Mesh mesh =
                Mesh.start("weir.upstream.backoff=1ms", "weir.providers.openai.base-url=http://127.0.0.1:1/v1")) {
            TenantSnapshot tenant = mesh.tenant();
            Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("x-should-retry")).isEqualTo("true");
            assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "released");
        }
    }

    // The provider has read the prompt, and will bill it.
    private static void assertWhatWasSentIsSettled(Settled settled) {
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(settled.billable()).isFalse();
        Attempt timedOut = settled.attempts().getLast();
        assertThat(timedOut.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(timedOut.usageSource()).isEqualTo(UsageSource.MEASURED);
        assertThat(timedOut.buckets().of(Meter.TEXT_IN)).isPositive();
        assertThat(timedOut.buckets().of(Meter.TEXT_OUT)).isZero();
        assertThat(timedOut.cost()).isEqualTo(settled.cost()).isGreaterThan(Amount.ZERO);
    }

    @Test
    void aProviderThatNeverAnswersAndOneThatStallsAreEnded() {
        try (Mesh mesh = Mesh.start("weir.upstream.first-byte-timeout=300ms", "weir.upstream.idle-timeout=300ms")) {
            mesh.provider().behave("{\"latencyMs\": 5000}");
            TenantSnapshot waited = mesh.tenant();
            Answer answer = mesh.client(waited).chat(Client.hello(Mesh.MODEL));
            assertThat(answer.status()).isEqualTo(504);
            assertWhatWasSentIsSettled(mesh.ledger().settled(waited.tenantId()));
            mesh.provider().behave("{\"stallAfterChunks\": 4}");
            TenantSnapshot tenant = mesh.tenant();
            assertThat(String.join("\n", mesh.client(tenant).lines(Client.streaming(""))))
                    .contains("\"error\"")
                    .doesNotContain("[DONE]");
            assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
        }
    }
}
