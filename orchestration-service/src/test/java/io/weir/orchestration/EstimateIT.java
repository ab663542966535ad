package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EstimateIT {

    private static final String PATH = "/api/orchestration/estimate";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Mesh mesh = Mesh.start();
    private final TenantSnapshot tenant = mesh.tenant();

    @BeforeAll
    void sellEverything() {
        mesh.publish(Catalogue.threeProviders());
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    private JsonNode estimate(TenantSnapshot of, String body) {
        HttpResponse<String> answer = mesh.client(of).post(PATH, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static BigDecimal number(JsonNode node, String field) {
        assertThat(node.path(field).isNumber()).as(field + " of " + node).isTrue();
        return node.path(field).decimalValue();
    }

    @Test
    void theAnswerHasTheFormOfTheContract() {
        HttpResponse<String> raw =
                mesh.client(tenant).post(PATH, "{\"taskDescription\":\"Classify the sentiment of a review.\"}");
        assertThat(raw.body()).doesNotContainPattern("[0-9]E-?[0-9]").doesNotContainPattern("\\.[0-9]{13}");
        JsonNode estimate = JSON.readTree(raw.body());
        JsonNode best = estimate.path("recommendation");
        assertThat(best.path("provider").asString()).isEqualTo("openai");
        assertThat(best.path("model").asString()).isEqualTo("gpt-4o-mini");
        assertThat(best.path("reasoning").asString()).contains("simple classification", "cheapest of 4 fit models");
        assertThat(number(best, "estimatedCost")).isEqualTo(number(best, "expected"));
        assertThat(number(best, "estimatedTokens")).isGreaterThan(BigDecimal.TEN);
        assertOrdered(best);
        assertThat(estimate.path("alternatives").size()).isEqualTo(8);
        for (JsonNode other : estimate.path("alternatives")) {
            assertOrdered(other);
            assertThat(number(other, "potentialSavings"))
                    .isEqualByComparingTo(number(best, "estimatedCost").subtract(number(other, "estimatedCost")));
        }
        JsonNode savings = estimate.path("savingsAnalysis");
        assertThat(savings.path("baselineModel").asString()).isEqualTo("gpt-4o");
        assertThat(number(savings, "recommendedCost")).isEqualTo(number(best, "estimatedCost"));
        assertThat(number(savings, "baselineCost")).isGreaterThan(number(savings, "recommendedCost"));
        assertThat(number(savings, "savingsPercent")).isBetween(BigDecimal.ONE, BigDecimal.valueOf(100));
    }

    private static void assertOrdered(JsonNode one) {
        assertThat(number(one, "low")).isPositive().isLessThanOrEqualTo(number(one, "expected"));
        assertThat(number(one, "expected")).isLessThanOrEqualTo(number(one, "ceiling"));
    }

    @Test
    void theRecommendationIsWhatAutoThenChooses() {
        TenantSnapshot own = mesh.tenant(
                null,
                new TenantSettings(
                        new Models(List.of(), "claude-sonnet-4-5", null, 900), new Routing("anthropic", List.of())));
        for (String prompt : List.of("Classify this.", "Write a program that counts.", "Please prove that it ends.")) {
            JsonNode estimate = estimate(own, "{\"request\":" + AutoRoutingIT.auto(prompt) + "}");
            Answer answer = mesh.client(own).chat(AutoRoutingIT.auto(prompt));
            assertThat(answer.header("x-served-model"))
                    .isEqualTo(estimate.path("recommendation").path("model").asString());
            BigDecimal cost = new BigDecimal(answer.header("x-cost-usd"));
            assertThat(cost)
                    .isBetween(
                            number(estimate.path("recommendation"), "low"),
                            number(estimate.path("recommendation"), "ceiling"));
            assertThat(estimate.path("savingsAnalysis").path("baselineModel").asString())
                    .isEqualTo("claude-sonnet-4-5");
        }
    }

    @Test
    void theModelThatARequestNamesIsTheBaseline() {
        JsonNode estimate = estimate(
                tenant,
                "{\"request\":{\"model\":\"claude-opus-4-6\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}");
        assertThat(estimate.path("savingsAnalysis").path("baselineModel").asString())
                .isEqualTo("claude-opus-4-6");
    }

    @Test
    void theCeilingFollowsTheRequestsOwnLimit() {
        String call = "{\"request\":{\"max_tokens\":LIMIT,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}";
        BigDecimal small = number(estimate(tenant, call.replace("LIMIT", "10")).path("recommendation"), "ceiling");
        BigDecimal large =
                number(estimate(tenant, call.replace("LIMIT", "1000")).path("recommendation"), "ceiling");
        assertThat(large).isGreaterThan(small.multiply(BigDecimal.TEN));
    }

    @Test
    void aPreferredProviderIsPreferred() {
        JsonNode estimate = estimate(
                tenant,
                "{\"taskDescription\":\"Classify this.\",\"preferences\":{\"preferredProvider\":\"anthropic\"}}");
        assertThat(estimate.path("recommendation").path("provider").asString()).isEqualTo("anthropic");
        assertThat(number(estimate.path("alternatives").path(0), "potentialSavings"))
                .isPositive();
    }

    @Test
    void aMaxCostThatNoModelMeetsIsA422WithTheCheapestCandidate() {
        HttpResponse<String> refused = mesh.client(tenant)
                .post(PATH, "{\"taskDescription\":\"Classify this.\",\"preferences\":{\"maxCost\":0.0000001}}");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        JsonNode problem = JSON.readTree(refused.body());
        assertThat(problem.path("detail").asString()).contains("gpt-4o-mini at openai", "$0.0000");
        assertThat(problem.path("param").asString()).isEqualTo("preferences.maxCost");
    }

    @Test
    void aMaxCostThatOnlyCheaperModelsMeetChoosesThose() {
        TenantSnapshot own = mesh.tenant(
                null,
                new TenantSettings(
                        new Models(List.of(), null, null, null), new Routing(null, List.of("claude-opus-4-6"))));
        JsonNode dear = estimate(own, "{\"taskDescription\":\"Classify this.\"}");
        assertThat(dear.path("recommendation").path("model").asString()).isEqualTo("claude-opus-4-6");
        JsonNode cheap = estimate(own, "{\"taskDescription\":\"Classify this.\",\"preferences\":{\"maxCost\":0.0001}}");
        assertThat(number(cheap.path("recommendation"), "expected")).isLessThanOrEqualTo(new BigDecimal("0.0001"));
        assertThat(cheap.path("recommendation").path("reasoning").asString()).contains("maxCost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "nonsense|400|",
                "[]|400|",
                "{}|400|taskDescription",
                "{\"taskDescription\":null}|400|taskDescription",
                "{\"taskDescription\":\"  \"}|400|taskDescription",
                "{\"taskDescription\":7}|400|taskDescription",
                "{\"taskDescription\":\"LONG\"}|400|taskDescription",
                "{\"taskDescription\":\"a\",\"taskDescription\":\"b\"}|400|",
                "{\"taskDescription\":\"a\"} more|400|",
                "{\"taskDescription\":\"a\",\"preferences\":[]}|400|preferences",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":-1}}|400|preferences.maxCost",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":1e999999999}}|400|preferences.maxCost",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":1e-999999999}}|400|preferences.maxCost",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":9999999}}|400|preferences.maxCost",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":NaN}}|400|",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":\"NaN\"}}|400|preferences.maxCost",
                "{\"taskDescription\":\"a\",\"preferences\":{\"preferredProvider\":7}}|400|preferences.preferredProvider",
                "{\"taskDescription\":\"a\",\"preferences\":{\"preferredProvider\":\"acme\"}}|400|preferences.preferredProvider",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":1e99999999999}}|400|",
                "{\"taskDescription\":\"a\",\"preferences\":{\"maxCost\":1e2147483648}}|400|",
                "{\"taskDescription\":\"a\",\"unknown\":[1e99999999999]}|400|",
                "{\"request\":{\"x\":-1e-2147483648,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}|400|",
                "{\"request\":{\"temperature\":1e99999999999,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}|400|",
                "{\"request\":7}|400|request",
                "{\"request\":{}}|400|request.messages",
                "{\"request\":{\"messages\":[{\"role\":\"king\",\"content\":\"hi\"}]}}|400|request.messages[0].role",
                "{\"request\":{\"max_tokens\":0,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}|400|request.max_tokens",
                "{\"request\":{\"model\":\"gpt-4p\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}}|404|request.model",
            })
    void badInputIsRefusedNamingTheField(String body, int status, String param) {
        HttpResponse<String> refused = mesh.client(tenant).post(PATH, body.replace("LONG", "long ".repeat(10_000)));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        JsonNode problem = JSON.readTree(refused.body());
        assertThat(problem.path("param").asString("")).isEqualTo(param == null ? "" : param);
        assertThat(problem.path("detail").asString()).isNotBlank().doesNotContain("Exception", "tools.jackson");
        assertThat(refused.headers().firstValue("content-type")).hasValue("application/problem+json");
    }

    @Test
    void halfOfASurrogatePairIsText() {
        estimate(tenant, "{\"taskDescription\":\"Classify \\ud800\"}");
        estimate(tenant, "{\"request\":{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}}");
    }

    @Test
    void aBodyOfMoreThanAMegabyteIsA413() {
        HttpResponse<String> refused =
                mesh.client(tenant).post(PATH, "{\"taskDescription\":\"a\",\"x\":\"" + "y".repeat(1_100_000) + "\"}");
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(413);
        assertThat(JSON.readTree(refused.body()).path("code").asString()).isEqualTo("request_too_large");
    }

    private int observed(TenantSnapshot of) {
        return estimate(of, "{\"taskDescription\":\"Classify the sentiment of a review.\"}")
                .path("recommendation")
                .path("observedAnswers")
                .asInt();
    }

    @Test
    void aTenantLearnsFromItsOwnAnswersAlone() {
        TenantSnapshot own = mesh.tenant();
        TenantSnapshot other = mesh.tenant();
        JsonNode before = estimate(other, "{\"taskDescription\":\"Classify this.\"}");
        mesh.provider().behave("{\"outputTokens\": 3000}");
        for (int i = 0; i < 5; i++) {
            assertThat(mesh.client(own)
                            .chat(AutoRoutingIT.auto("Classify this."))
                            .status())
                    .isEqualTo(200);
        }
        mesh.provider().behaveWell();
        assertThat(observed(own)).isEqualTo(5);
        assertThat(observed(other)).isZero();
        assertThat(estimate(other, "{\"taskDescription\":\"Classify this.\"}")).isEqualTo(before);
    }

    @Test
    void anAnswerThatWasCutByItsBudgetTeachesNothing() {
        TenantSnapshot poor = mesh.tenant(
                Amount.of("0.003"),
                new TenantSettings(new Models(List.of("gpt-4o-mini"), null, null, 3_000_000), null));
        mesh.budget(poor, "0.003");
        mesh.provider().behave("{\"outputTokens\": 9000}");
        for (int i = 0; i < 5; i++) {
            mesh.client(poor).chat(AutoRoutingIT.auto("Classify this."));
        }
        mesh.provider().behaveWell();
        Settled settled = mesh.ledger().settled(poor.tenantId());
        assertThat(settled.attempts().getFirst().buckets().output()).isLessThan(9_000);
        assertThat(observed(poor)).isZero();
    }

    @Test
    void anUnknownProviderIsAnsweredWithTheList() {
        HttpResponse<String> refused = mesh.client(tenant)
                .post(PATH, "{\"taskDescription\":\"a\",\"preferences\":{\"preferredProvider\":\"acme\"}}");
        assertThat(refused.body()).contains("anthropic, gemini, openai");
    }

    @Test
    void withoutAPassportOrItsScopeThereIsNoEstimate() {
        assertThat(mesh.client().post(PATH, "{\"taskDescription\":\"a\"}").statusCode())
                .isEqualTo(401);
        assertThat(mesh.client(tenant, Scope.BILLING)
                        .post(PATH, "{\"taskDescription\":\"a\"}")
                        .statusCode())
                .isEqualTo(403);
        assertThat(mesh.client(tenant).get(PATH).statusCode()).isEqualTo(405);
    }
}
