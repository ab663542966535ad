package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.SavingsLine;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AutoRoutingIT implements DecisionCalls {

    private final Mesh mesh = Mesh.start(
            "weir.providers.openai.region=us",
            "weir.providers.gemini.region=eu-west-1",
            "weir.decisions.write-every=20ms",
            "weir.decisions.sweep-every=100ms",
            "weir.decisions.most-per-tenant=3",
            "weir.routing.splits.house.gpt-4o-mini=1");

    @Override
    public Mesh mesh() {
        return mesh;
    }

    @BeforeAll
    void sellEverything() {
        mesh.publish(Catalogue.threeProviders());
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    static String auto(String prompt) {
        return auto("", prompt);
    }

    static String auto(String more, String prompt) {
        return "{\"model\":\"auto\"," + more + "\"messages\":[{\"role\":\"user\",\"content\":"
                + JsonMapper.shared().writeValueAsString(prompt) + "}]}";
    }

    private static void servedBy(Client client, String name, String model) {
        Eventually.passes(Duration.ofSeconds(30), () -> {
            Answer answer = client.chat(Client.hello(name));
            assertThat(answer.header("x-served-model")).as(answer.toString()).isEqualTo(model);
            assertThat(answer.header("x-route-reason")).startsWith("split of " + name);
        });
    }

    @Test
    void whatTheControlPlaneSaysOfSplitsHoldsInPlaceOfTheSettingsUntilItIsTakenBack() {
        Client client = mesh.client(mesh.tenant());
        servedBy(client, "house", "gpt-4o-mini");
        mesh.split("house", Map.of("gpt-4o-mini", 0, "gpt-4o", 1));
        servedBy(client, "house", "gpt-4o");
        mesh.split("house", Map.of());
        servedBy(client, "house", "gpt-4o-mini");

        assertThat(client.chat(Client.hello("canary")).status()).isEqualTo(404);
        mesh.split("canary", Map.of("gpt-4o", 1));
        servedBy(client, "canary", "gpt-4o");
        mesh.split("canary", Map.of());
        Eventually.passes(
                Duration.ofSeconds(30),
                () -> assertThat(client.chat(Client.hello("canary")).status()).isEqualTo(404));
    }

    private TenantSnapshot tenant(List<String> allowed, @Nullable String byDefault, @Nullable Routing routing) {
        return mesh.tenant(null, new TenantSettings(new Models(allowed, byDefault, null, null), routing));
    }

    @Test
    void nobodyOutsideATenantsRegionsServesItEvenWhereThoseWithinFail() {
        TenantSnapshot tenant = tenant(List.of(), null, Routing.NONE.within(List.of("eu")));
        Client client = mesh.client(tenant);
        assertThat(client.chat(auto("Hello there")).header("x-served-model")).isEqualTo("gemini-2.5-pro");
        assertThat(client.get("/v1/models").body()).contains("gemini-2.5-pro").doesNotContain("gpt-4o", "claude");
        Answer named = client.chat(Client.hello("gpt-4o"));
        assertThat(named.status()).as(named.toString()).isEqualTo(403);
        assertThat(named.error().path("code").asString()).isEqualTo("permission_denied");
        assertThat(named.error().path("message").asString()).contains("routing.regions", "eu alone");
        mesh.provider().behave("{\"provider\": \"gemini\", \"errorRate\": 1}");
        try {
            assertThat(client.chat(auto("Hello there")).status()).isGreaterThanOrEqualTo(500);
        } finally {
            mesh.provider().behaveWell();
        }
    }

    @Test
    void aRequestNarrowsItsTenantsRegions() {
        Client client = mesh.client(mesh.tenant());
        assertThat(client.chat(auto("\"provider\":{\"region\":\"eu\"},", "Hello there"))
                        .header("x-served-model"))
                .isEqualTo("gemini-2.5-pro");
        Answer nobody = client.chat(auto("\"provider\":{\"region\":[\"eu-central-1\"]},", "Hello there"));
        assertThat(nobody.status()).as(nobody.toString()).isEqualTo(400);
        assertThat(nobody.error().path("param").asString()).isEqualTo("provider.region");
    }

    @Test
    void modelsThatRefuseATemperatureArePassedOver() {
        TenantSnapshot tenant = tenant(List.of(), null, new Routing(null, List.of("gpt-5.6-luna", "gpt-4o")));
        Client client = mesh.client(tenant);
        assertThat(client.chat(auto("\"temperature\":0.2,", "Hello there")).header("x-served-model"))
                .isEqualTo("gpt-4o");
        assertThat(client.chat(auto("\"temperature\":1.0,", "Hello there")).header("x-served-model"))
                .isEqualTo("gpt-5.6-luna");
        Answer tolerant = mesh.client(tenant(List.of("gpt-5.6-luna"), null, null))
                .chatTolerant(auto("\"temperature\":0.2,\"max_tokens\":40,", "Hello there"));
        assertThat(tolerant.header("x-served-model")).isEqualTo("gpt-5.6-luna");
        assertThat(tolerant.header("x-weir-warnings")).isEqualTo("set 'temperature' to 1");
        assertThat(client.chat("{\"model\":\"gpt-5.6-luna\",\"temperature\":0.2,"
                                + "\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aPictureAtAnAddressIsNoWorkForGemini() {
        Client client = mesh.client(tenant(List.of(), null, new Routing("gemini", List.of())));
        String picture = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":["
                + "{\"type\":\"image_url\",\"image_url\":{\"url\":\"URL\"}}]}]}";
        assertThat(client.chat(picture.replace("URL", "data:image/png;base64,iVBORw0KGgo="))
                        .header("x-served-model"))
                .startsWith("gemini");
        Answer elsewhere = client.chat(picture.replace("URL", "https://example.com/film.png"));
        assertThat(elsewhere.status()).as(elsewhere.toString()).isEqualTo(200);
        assertThat(elsewhere.header("x-served-model")).doesNotStartWith("gemini");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Classify the sentiment of: the delivery was late. | gpt-4o-mini | auto: simple classification;"
                        + " gpt-4o-mini is the cheapest of 4 fit models",
                "Write a function that sorts a list of orders by date. | gpt-5.6-luna | auto: standard code;"
                        + " gpt-5.6-luna is the cheapest of 6 fit models",
            })
    void autoTakesTheCheapestModelThatFitsTheTaskAndSaysWhy(String prompt, String model, String reason) {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(auto("\"max_tokens\":1000,", prompt));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("x-served-model")).isEqualTo(model);
        assertThat(answer.header("x-route-reason")).isEqualTo(reason);
        assertThat(answer.header("x-fallback-count")).isEqualTo("0");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.routeReason()).isEqualTo(reason);
        assertThat(settled.requestedModel()).isEqualTo("auto");
        assertThat(settled.servedModel()).isEqualTo(model);
    }

    // Which one is the cheapest depends on how long the answers of the tests before were.
    @Test
    void hardWorkGoesToAModelThatIsListedForIt() {
        Answer answer = mesh.client(mesh.tenant()).chat(auto("Please prove that there are infinitely many primes."));
        String model = answer.header("x-served-model");
        assertThat(model).isIn("claude-opus-4-6", "gpt-5.6-sol", "gemini-2.5-pro", "claude-sonnet-4-5");
        assertThat(answer.header("x-route-reason"))
                .isEqualTo("auto: hard question; " + model + " is the cheapest of 4 fit models");
    }

    @Test
    void anExplicitModelAndADefaultSaySo() {
        TenantSnapshot tenant = tenant(List.of(), "gpt-4o", null);
        Answer explicit = mesh.client(tenant).chat(Client.hello("claude-haiku-4-5"));
        assertThat(explicit.header("x-route-reason")).isEqualTo("explicit");
        Answer byDefault = mesh.client(tenant).chat("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
        assertThat(byDefault.header("x-route-reason")).isEqualTo("tenant-default");
        assertThat(byDefault.header("x-served-model")).isEqualTo("gpt-4o");
    }

    @Test
    void aTenantThatIsHeldToSomeModelsGetsAutoAmongThose() {
        TenantSnapshot held = tenant(List.of("gpt-4o", "claude-opus-4-6"), null, null);
        for (String prompt : List.of("Classify this.", "Write a story.", "Please prove the theorem.", "Hello")) {
            assertThat(mesh.client(held).chat(auto(prompt)).header("x-served-model"))
                    .isIn("gpt-4o", "claude-opus-4-6");
        }
        Answer none = mesh.client(tenant(List.of("no-such-model"), null, null)).chat(auto("Hello"));
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.error().path("param").asString()).isEqualTo("model");
    }

    @Test
    void theTenantsOrderGoesFirstAndThenItsProvider() {
        TenantSnapshot ordered =
                tenant(List.of(), null, new Routing("gemini", List.of("nowhere", "claude-sonnet-4-5")));
        Answer first = mesh.client(ordered).chat(auto("Classify this."));
        assertThat(first.header("x-served-model")).isEqualTo("claude-sonnet-4-5");
        assertThat(first.header("x-route-reason")).contains("in the tenant's order");
        TenantSnapshot preferring = tenant(List.of(), null, new Routing("anthropic", List.of()));
        Answer preferred = mesh.client(preferring).chat(auto("Classify this."));
        assertThat(preferred.header("x-served-model")).isEqualTo("claude-haiku-4-5");
        assertThat(preferred.header("x-route-reason")).contains("at anthropic, which is preferred");
    }

    @Test
    void aRequestSaysWhoMayServeItWithinWhatItsTenantAllows() {
        Client client = mesh.client(tenant(
                List.of(),
                null,
                new Routing(null, List.of(), List.of("openai", "anthropic"), List.of(), null, new BigDecimal("20"))));
        String wish = "\"max_tokens\":100,\"models\":null,\"provider\":{\"only\":[\"anthropic\",\"gemini\"]},";
        Answer answer = client.chat(auto(wish, "Classify this."));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("x-served-model")).isEqualTo("claude-haiku-4-5");
        assertThat(answer.header("x-route-reason"))
                .contains("claude-haiku-4-5 is the ")
                .endsWith("; 7 left out by routing.maxPrice, routing.only, provider.only");
        Answer passedOn =
                client.chat(auto("\"max_tokens\":100,\"provider\":{\"only\":[\"openai\"]},", "Classify this."));
        assertThat(passedOn.status()).as(passedOn.toString()).isEqualTo(200);
        Answer escaping = client.chat(auto("\"provider\":{\"only\":[\"gemini\"]},", "Classify this."));
        assertThat(escaping.status()).isEqualTo(400);
        assertThat(escaping.error().path("param").asString()).isEqualTo("provider.only");
        assertThat(client.get("/v1/models").body()).doesNotContain("gemini").doesNotContain("opus");
    }

    @Test
    void autoCanBeTheDefault() {
        Answer answer = mesh.client(tenant(List.of(), "auto", null))
                .chat("{\"messages\":[{\"role\":\"user\",\"content\":\"Classify this.\"}]}");
        assertThat(answer.header("x-route-reason")).startsWith("auto: simple classification; ");
    }

    @Test
    void aRequestThatOnlySomeModelsCanTakeGoesToThose() {
        Answer roomy = mesh.client(mesh.tenant()).chat(auto("\"max_tokens\":100000,", "Classify this."));
        assertThat(roomy.status()).as(roomy.toString()).isEqualTo(200);
        assertThat(roomy.header("x-served-model")).isEqualTo("gpt-5.6-luna");
        Answer tooMuch = mesh.client(mesh.tenant()).chat(auto("\"max_tokens\":900000,", "Classify this."));
        assertThat(tooMuch.status()).isEqualTo(400);
        assertThat(tooMuch.error().path("param").asString()).isEqualTo("max_tokens");
        Answer tooLong = mesh.client(tenant(List.of("gpt-4o"), null, null)).chat(auto("water ".repeat(130_000)));
        assertThat(tooLong.error().path("code").asString()).isEqualTo("context_length_exceeded");
    }

    @Test
    void theListOfModelsHasAuto() {
        HttpResponse<String> models = mesh.client(mesh.tenant()).get("/v1/models");
        JsonNode auto = JsonMapper.shared().readTree(models.body()).path("data").path(0);
        assertThat(auto.path("id").asString()).isEqualTo("auto");
        assertThat(auto.path("owned_by").asString()).isEqualTo("weir");
        assertThat(mesh.client(mesh.tenant()).get("/v1/models/auto").statusCode())
                .isEqualTo(200);
    }

    @Test
    void theListOfModelsComesInAnthropicsFormForItsClients() {
        JsonNode models = JsonMapper.shared()
                .readTree(
                        mesh.client(mesh.tenant()).getAsAnthropic("/v1/models").body());
        assertThat(models.path("has_more").asBoolean(true)).isFalse();
        assertThat(models.path("first_id").asString()).isEqualTo("auto");
        JsonNode model = JsonMapper.shared()
                .readTree(mesh.client(mesh.tenant())
                        .getAsAnthropic("/v1/models/gpt-4o-mini")
                        .body());
        assertThat(model.path("type").asString()).isEqualTo("model");
        assertThat(model.path("created_at").asString()).isEqualTo("2024-07-16T23:32:21Z");
    }

    @Test
    void savingsAreMeasuredAgainstTheModelThatWouldHaveServed() {
        TenantSnapshot plain = mesh.tenant();
        mesh.client(plain).chat(auto("Classify this."));
        Settled common = mesh.ledger().settled(plain.tenantId());
        assertThat(common.baselineModel()).isEqualTo("gpt-4o");
        assertThat(sum(common)).isEqualTo(common.baselineCost().minus(common.cost()));
        assertThat(common.savings()).singleElement().satisfies(line -> {
            assertThat(line.reason()).isEqualTo("routing");
            assertThat(line.amount()).isGreaterThan(Amount.ZERO);
        });

        TenantSnapshot own = tenant(List.of(), "claude-haiku-4-5", null);
        mesh.client(own).chat(auto("Classify this."));
        assertThat(mesh.ledger().settled(own.tenantId()).baselineModel()).isEqualTo("claude-haiku-4-5");

        TenantSnapshot explicit = mesh.tenant();
        mesh.client(explicit).chat(Client.hello("gpt-5.6-sol"));
        Settled named = mesh.ledger().settled(explicit.tenantId());
        assertThat(named.baselineModel()).isEqualTo("gpt-5.6-sol");
        assertThat(named.baselineCost()).isEqualTo(named.cost());
        assertThat(named.savings()).isEmpty();
    }

    @Test
    void aDearerChoiceThanTheBaselineShowsAsNegativeSavings() {
        TenantSnapshot tenant = tenant(List.of(), "gpt-4o-mini", new Routing(null, List.of("claude-opus-4-6")));
        mesh.client(tenant).chat(auto("Classify this."));
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.servedModel()).isEqualTo("claude-opus-4-6");
        assertThat(sum(settled).isNegative()).isTrue();
        assertThat(sum(settled)).isEqualTo(settled.baselineCost().minus(settled.cost()));
    }

    static Amount sum(Settled settled) {
        return settled.savings().stream().map(SavingsLine::amount).reduce(Amount.ZERO, Amount::plus);
    }
}
