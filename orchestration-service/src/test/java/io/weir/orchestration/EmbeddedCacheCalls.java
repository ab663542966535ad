package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Cache;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What holds of the semantic cache where a provider's vectors tell how alike messages are. The vectors are Gemini's
/// and
/// the answers OpenAI's, so that one of them can be broken alone.
interface EmbeddedCacheCalls {

    String MODEL = "gemini-embedding-001";

    /// What the service must be started with.
    static List<String> settings() {
        return List.of(
                "weir.cache.embedder.kind=provider",
                "weir.cache.embedder.model=" + MODEL,
                "weir.cache.embedder.dimensions=256",
                "weir.cache.embedder.patience=5s");
    }

    Duration LONG = Duration.ofSeconds(30);

    Mesh mesh();

    private TenantSnapshot cached() {
        return mesh().tenant(null, TenantSettings.DEFAULTS.with(new Cache(true, true, false, null, null)));
    }

    private static String ask(String prompt) {
        return "{\"model\":\"" + Mesh.MODEL + "\",\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":\""
                + prompt + "\"}]}";
    }

    // Kept in the background, so that the first ones may still miss; each is another message.
    private static Answer similar(Client client, String river) {
        int[] polite = {0};
        return Eventually.value(
                LONG,
                () -> client.chat(ask("Please tell me where the river " + river + " ends" + "!".repeat(++polite[0]))),
                answer -> answer.header("x-cache").equals("semantic"));
    }

    private List<Settled> vectorsOf(TenantSnapshot tenant) {
        return mesh().ledger().of(tenant.tenantId()).stream()
                .filter(event -> event instanceof Settled settled
                        && settled.requestedModel().equals(MODEL))
                .map(Settled.class::cast)
                .toList();
    }

    @Test
    default void vectorsAreBoughtOnTheTenantsAccountAndOnlyOnce() {
        TenantSnapshot tenant = cached();
        Client client = mesh().client(tenant);
        assertThat(client.chat(ask("Where does the river Oder end?")).header("x-cache"))
                .isEqualTo("miss");
        assertThat(client.chat(ask("Name the highest hill of Rome.")).header("x-cache"))
                .isEqualTo("miss");
        assertThat(vectorsOf(tenant)).isEmpty();

        client.chat(ask("Tell me where the river Oder ends"));
        Answer similar = similar(client, "Oder");
        assertThat(similar.status()).isEqualTo(200);
        assertThat(similar.header("x-cost-usd")).isEqualTo("0");
        List<Settled> bought = vectorsOf(tenant);
        assertThat(bought).isNotEmpty().allSatisfy(each -> {
            assertThat(each.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(each.servedModel()).isEqualTo(MODEL);
            assertThat(each.cost()).isGreaterThan(Amount.ZERO);
            assertThat(each.billable()).isFalse();
            assertThat(each.tags()).containsEntry("weir", "semantic-cache");
            assertThat(each.keyId()).isEqualTo("keyabc");
        });
        assertThat(mesh().ledger().of(tenant.tenantId()).stream()
                        .filter(event -> event instanceof UsageEvent.Held held
                                && held.requestId().startsWith("cache-"))
                        .count())
                .isEqualTo(bought.size());
    }

    @Test
    default void whatOneTenantsVectorsCostIsNoGainToAnother() {
        for (int i = 0; i < 2; i++) {
            TenantSnapshot tenant = cached();
            Client client = mesh().client(tenant);
            assertThat(client.chat(ask("Tell me where the river Rhone ends")).header("x-cache"))
                    .isEqualTo("miss");
            similar(client, "Rhone");
            assertThat(vectorsOf(tenant)).isNotEmpty();
        }
    }

    @Test
    default void aProviderThatFailsOrIsSlowCostsAHitAndNotTheCall() {
        Client client = mesh().client(cached());
        client.chat(ask("Tell me where the river Po ends"));
        similar(client, "Po");
        mesh().provider().behave("{\"provider\": \"gemini\", \"errorRate\": 1, \"errorStatus\": 500}");
        Answer failed = client.chat(ask("Could you tell me where the river Po ends?"));
        assertThat(failed.status()).as(failed.toString()).isEqualTo(200);
        assertThat(failed.header("x-cache")).isEqualTo("miss");
        mesh().provider().behave("{\"provider\": \"gemini\", \"latencyMs\": 20000}");
        Answer slow = client.chat(ask("Hello, could you tell me where the river Po ends, please?"));
        assertThat(slow.status()).as(slow.toString()).isEqualTo(200);
        assertThat(slow.header("x-cache")).isEqualTo("miss");
        mesh().provider().behaveWell();
        Eventually.passes(
                LONG,
                () -> assertThat(client.with(
                                        "/v1/chat/completions",
                                        ask("Hello! Could you tell me where the river Po ends? Thanks!"),
                                        "x-weir-tags",
                                        "a=b")
                                .header("x-cache"))
                        .isEqualTo("semantic"));
    }
}
