package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Moderations, in the context of another test.
interface ModerationCalls {

    String MODERATIONS = "/v1/moderations";
    String OMNI = "omni-moderation-latest";

    Mesh mesh();

    /// Free of charge, as OpenAI has it; that of another provider which makes none; and one with a fee.
    static PriceBookSnapshot moderations() {
        return new PriceBookSnapshot(
                "moderations",
                "test",
                LocalDate.of(2026, 11, 1),
                List.of(
                        new Model("openai", OMNI, "moderation", 32_768, 0, 1_731_689_265),
                        new Model("anthropic", "claude-judge", "moderation", 32_768, 0, 1_731_689_265),
                        new Model("openai", "omni-moderation-2024-09-26", "moderation", 32_768, 0, 1_731_689_265)),
                List.of(
                        fee("openai", OMNI, "0"),
                        fee("anthropic", "claude-judge", "0"),
                        fee("openai", "omni-moderation-2024-09-26", "0.001")),
                1);
    }

    private static Rule fee(String provider, String model, String perUnit) {
        return new Rule(
                model + "/request",
                provider,
                model,
                Meter.REQUEST,
                Rate.of(perUnit),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }

    private Answer moderate(TenantSnapshot tenant, String body) {
        HttpResponse<String> response = mesh().client(tenant).post(MODERATIONS, body);
        return new Answer(response.statusCode(), response);
    }

    @Test
    default void aModerationIsAnsweredFreeOfChargeAndInTheLedgerAsOneRequest() {
        TenantSnapshot tenant = mesh().tenant();
        Answer answer = moderate(tenant, "{\"input\": [\"Good morning\", \"I will kill you\"]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode json = answer.json();
        assertThat(json.path("id").asString()).startsWith("modr-");
        assertThat(json.path("model").asString()).isEqualTo("omni-moderation-2024-09-26");
        assertThat(json.path("results").size()).isEqualTo(2);
        assertThat(json.at("/results/0/flagged").asBoolean(true)).isFalse();
        assertThat(json.at("/results/1/flagged").asBoolean()).isTrue();
        assertThat(json.at("/results/1/categories/violence").asBoolean()).isTrue();
        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");

        Settled settled = mesh().ledger().settled(tenant.tenantId());
        Attempt attempt = settled.attempts().getFirst();
        assertThat(attempt.buckets().byMeter()).isEqualTo(Map.of(Meter.REQUEST, 1L));
        assertThat(attempt.lines()).singleElement().satisfies(line -> {
            assertThat(line.meter()).isEqualTo(Meter.REQUEST);
            assertThat(line.quantity()).isEqualTo(1);
        });
        assertThat(attempt.unpriced()).isNull();
        assertThat(settled.cost()).isEqualTo(Amount.ZERO);
        assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(settled.requestedModel()).isEqualTo(OMNI);
        assertThat(settled.routeReason()).isEqualTo("default");
        assertThat(answer.header("x-cost-usd")).isEqualTo("0");
        assertThat(answer.header("x-served-model")).isEqualTo(OMNI);
        assertThat(answer.requestId()).isEqualTo(settled.requestId());
    }

    @Test
    default void aTextAndAPictureAreOneResult() {
        Answer answer = moderate(
                mesh().tenant(),
                "{\"model\": \"" + OMNI + "\", \"input\": [{\"type\": \"text\", \"text\": \"Look\"},"
                        + " {\"type\": \"image_url\", \"image_url\": {\"url\": \"https://example.com/a.png\"}}]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().path("results").size()).isEqualTo(1);
        assertThat(answer.json()
                        .at("/results/0/category_applied_input_types/violence")
                        .size())
                .isEqualTo(2);
    }

    @Test
    default void aFeeForEachRequestIsHeldAndSettled() {
        TenantSnapshot tenant = mesh().tenant();
        Answer answer = moderate(tenant, "{\"model\": \"omni-moderation-2024-09-26\", \"input\": [\"a\", \"b\"]}");
        assertThat(answer.header("x-cost-usd")).as(answer.toString()).isEqualTo("0.001");
        assertThat(mesh().ledger().settled(tenant.tenantId()).cost()).isEqualTo(Amount.of("0.001"));
    }

    @Test
    default void aTenantWhoseBudgetIsSpentIsStillToldWhatIsHarmful() {
        TenantSnapshot tenant = mesh().tenant(Amount.ZERO, TenantSettings.DEFAULTS);
        mesh().budget(tenant, "0");
        assertThat(moderate(tenant, "{\"input\": \"a\"}").status()).isEqualTo(200);
        assertThat(moderate(tenant, "{\"model\": \"omni-moderation-2024-09-26\", \"input\": \"a\"}")
                        .error()
                        .path("code")
                        .asString())
                .isEqualTo("budget_exceeded");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | input | {}",
                "400 | input[1] | {\"input\": [\"a\", 5]}",
                "400 | input[0].type | {\"input\": [{\"type\": \"input_audio\"}]}",
                "404 | model | {\"input\": \"a\", \"model\": \"omni-moderation-3\"}",
                "404 | model | {\"input\": \"a\", \"model\": \"claude-judge\"}",
                "400 | model | {\"input\": \"a\", \"model\": \"gpt-4o-mini\"}",
                "400 | provider.only | {\"input\": \"a\", \"provider\": {\"only\": [\"gemini\"]}}",
                "400 | provider.region | {\"input\": \"a\", \"provider\": {\"region\": \"eu\"}}",
                "400 | provider.sort | {\"input\": \"a\", \"provider\": {\"sort\": \"latency\"}}",
            })
    default void whatCannotBeIsRefusedByItsNameAndNothingIsHeld(int status, String param, String body) {
        TenantSnapshot tenant = mesh().tenant();
        Answer answer = moderate(tenant, body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.error().path("param").asString()).isEqualTo(param);
        assertThat(mesh().ledger().of(tenant.tenantId())).isEmpty();
    }

    @Test
    default void aTenantsRegionsHoldForModerationsAndEmbeddingsToo() {
        TenantSnapshot tenant = mesh().tenant(
                        null,
                        new TenantSettings(
                                new TenantSettings.Models(List.of(), null, null, null),
                                Routing.NONE.within(List.of("eu"))));
        Client client = mesh().client(tenant);
        for (Answer answer : List.of(
                moderate(tenant, "{\"input\": \"a\"}"),
                client.embed("{\"model\": \"text-embedding-3-small\", \"input\": \"a\"}"))) {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
            assertThat(answer.error().path("message").asString()).contains("routing.regions");
        }
        assertThat(mesh().ledger().of(tenant.tenantId())).isEmpty();
    }

    @Test
    default void aModelForModerationsIsListedAndOnNoOtherRoute() {
        Client client = mesh().client(mesh().tenant());
        assertThat(client.get("/v1/models").body()).contains(OMNI);
        assertThat(client.chat(Client.hello(OMNI)).error().path("message").asString())
                .contains("/v1/moderations");
        assertThat(client.get(MODERATIONS).statusCode()).isEqualTo(405);
        assertThat(mesh().client().post(MODERATIONS, "{\"input\": \"a\"}").statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"errorRate\": 1, \"errorStatus\": 400}", "{\"errorRate\": 1, \"errorStatus\": 503}"})
    default void whatAProviderRefusesIsReleased(String behaviour) {
        mesh().provider().behave(behaviour);
        TenantSnapshot tenant = mesh().tenant();
        assertThat(moderate(tenant, "{\"input\": \"a\"}").status()).isGreaterThanOrEqualTo(400);
        mesh().provider().behaveWell();
        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "released");
    }
}
