package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenCircuitIT {

    private static final String CLASSIFY = "Classify the sentiment of: the delivery was late.";

    private static TenantSnapshot tenant(Mesh mesh) {
        return mesh.tenant(
                null, new TenantSettings(new Models(List.of("gpt-4o-mini", "claude-haiku-4-5"), null, null, null)));
    }

    // What one tenant alone meets may be its own doing.
    private static void untilOpen(Client client, Client other) {
        Eventually.passes(Duration.ofSeconds(30), () -> {
            other.chat(AutoRoutingIT.auto(CLASSIFY));
            Answer answer = client.chat(AutoRoutingIT.auto(CLASSIFY));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.header("x-served-model")).isEqualTo("claude-haiku-4-5");
            assertThat(answer.header("x-fallback-count")).isEqualTo("0");
        });
    }

    @Test
    void aModelThatFailsTooOftenIsChosenLastAndNotAsked() {
        try (Mesh mesh = Mesh.start("weir.upstream.backoff=1ms", "weir.upstream.open-for=10m")) {
            mesh.publish(Catalogue.threeProviders());
            mesh.provider().behave("{\"provider\": \"openai\", \"errorRate\": 1}");
            Client client = mesh.client(tenant(mesh));
            untilOpen(client, mesh.client(tenant(mesh)));
            int failed = mesh.provider().ledger().path("failed").asInt();
            for (int i = 0; i < 5; i++) {
                client.chat(AutoRoutingIT.auto(CLASSIFY));
            }
            assertThat(mesh.provider().ledger().path("failed").asInt()).isEqualTo(failed);

            mesh.provider().behave("{\"provider\": \"anthropic\", \"errorRate\": 1}");
            Answer none = client.chat(AutoRoutingIT.auto(CLASSIFY));
            assertThat(none.status()).isEqualTo(503);
            assertThat(none.error().path("message").asString())
                    .contains("gpt-4o-mini at openai (provider shut)", "claude-haiku-4-5 at anthropic");
        }
    }

    @Test
    void onceItsTimeIsOverItIsTriedAgain() {
        try (Mesh mesh = Mesh.start("weir.upstream.backoff=1ms", "weir.upstream.open-for=2s")) {
            mesh.publish(Catalogue.threeProviders());
            mesh.provider().behave("{\"provider\": \"openai\", \"errorRate\": 1}");
            Client client = mesh.client(tenant(mesh));
            untilOpen(client, mesh.client(tenant(mesh)));
            mesh.provider().behaveWell();
            Eventually.passes(
                    Duration.ofSeconds(30),
                    () -> assertThat(client.chat(AutoRoutingIT.auto(CLASSIFY)).header("x-served-model"))
                            .isEqualTo("gpt-4o-mini"));
        }
    }
}
