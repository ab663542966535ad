package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// When no other candidate may take a call over any more.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FallbackLimitsIT {

    private static final String CLASSIFY = "Classify the sentiment of: the delivery was late.";

    private final Mesh mesh = Mesh.start(
            "weir.upstream.attempts=1",
            "weir.upstream.open-for=1ms",
            "weir.upstream.first-byte-timeout=3s",
            "weir.upstream.keep-alive=100ms",
            "weir.routing.fallback-within=5s");

    @BeforeAll
    void sellEverything() {
        mesh.publish(Catalogue.threeProviders());
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    private TenantSnapshot tenant() {
        return mesh.tenant(
                null,
                new TenantSettings(
                        new Models(List.of(), null, null, null), new Routing("openai", List.of("gpt-4o-mini"))));
    }

    private void silence(String provider) {
        mesh.provider().behave("{\"provider\": \"" + provider + "\", \"latencyMs\": 20000}");
    }

    @Test
    void aStreamThatBeganWithACommentIsNotTakenOver() {
        silence("openai");
        TenantSnapshot tenant = tenant();
        Answer answer = mesh.client(tenant).chat(AutoRoutingIT.auto("\"stream\":true,", CLASSIFY));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-served-model")).isEqualTo("gpt-4o-mini");
        assertThat(answer.header("x-fallback-count")).isEqualTo("0");
        assertThat(answer.response().body())
                .startsWith(": keep-alive")
                .contains("\"error\"")
                .doesNotContain("choices", "[DONE]");
        Eventually.passes(() -> assertThat(mesh.ledger().of(tenant.tenantId()))
                .hasSize(2)
                .last()
                .as("what was sent to the provider that did not answer in time")
                .isInstanceOfSatisfying(
                        Settled.class, settled -> assertThat(settled.outcome()).isEqualTo(Outcome.FAILED)));
    }

    @Test
    void aPlainCallIsTakenOverInTime() {
        silence("openai");
        Answer answer = mesh.client(tenant()).chat(AutoRoutingIT.auto(CLASSIFY));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("x-fallback-count")).isEqualTo("1");
    }

    @Test
    void aCallThatIsOlderThanTheLimitIsNotTakenOver() {
        silence("openai");
        silence("anthropic");
        Answer answer = mesh.client(tenant()).chat(AutoRoutingIT.auto(CLASSIFY));
        assertThat(answer.status()).as(answer.toString()).isGreaterThanOrEqualTo(500);
        assertThat(answer.error().path("message").asString()).contains("openai").doesNotContain("gemini");
    }
}
