package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Why calls went where they went, in the context of another test.
interface DecisionCalls {

    Duration PATIENCE = Duration.ofSeconds(30);
    String SECRET = "xyzzyplugh";

    Mesh mesh();

    private static String path(String requestId) {
        return "/api/orchestration/decisions/" + requestId;
    }

    private JsonNode decision(TenantSnapshot tenant, String requestId) {
        Client client = mesh().client(tenant);
        Eventually.passes(
                PATIENCE,
                () -> assertThat(client.get(path(requestId)).statusCode()).isEqualTo(200));
        return JsonMapper.shared().readTree(client.get(path(requestId)).body());
    }

    private long rows(TenantSnapshot tenant) {
        return mesh().sql("SELECT count(*) FROM routing_decision WHERE tenant_id = '" + tenant.tenantId() + "'");
    }

    private static String asking(String more) {
        return AutoRoutingIT.auto(more, "Classify the sentiment of: " + SECRET);
    }

    @Test
    default void aDecisionIsExplainedToItsTenantAloneWithoutAWordOfThePrompt() {
        TenantSnapshot tenant = mesh().tenant(
                        null,
                        new TenantSettings(
                                new Models(List.of(), null, null, null),
                                new Routing(null, List.of(), List.of(), List.of("anthropic"), null, null)));
        Answer answer = mesh().client(tenant)
                .chat(asking("\"provider\":{\"ignore\":[\"openai/gpt-4o\"]},\"max_tokens\":100000,"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        Settled settled = mesh().ledger().settled(tenant.tenantId());

        JsonNode decision = decision(tenant, answer.requestId());
        assertThat(decision.path("requestId").asString()).isEqualTo(answer.requestId());
        assertThat(decision.path("requestedModel").asString()).isEqualTo("auto");
        assertThat(decision.path("reason").asString()).isEqualTo(answer.header("x-route-reason"));
        assertThat(decision.path("outcome").asString()).isEqualTo("completed");
        assertThat(decision.at("/served/model").asString()).isEqualTo(answer.header("x-served-model"));
        assertThat(decision.at("/considered/0/model").asString()).isEqualTo(answer.header("x-served-model"));
        assertThat(decision.path("considered").valueStream()).allSatisfy(one -> {
            assertThat(one.path("expectedCost").asString()).isNotBlank();
            assertThat(one.path("provider").asString()).isNotEqualTo("anthropic");
        });
        assertThat(decision.path("leftOut")
                        .valueStream()
                        .map(one -> one.path("by").asString() + " "
                                + one.path("provider").asString() + " "
                                + one.path("reasoning").asString()))
                .contains("tenant anthropic routing.ignore", "request openai provider.ignore")
                .anySatisfy(one -> assertThat(one).startsWith("model ").contains("max_tokens"));
        assertThat(decision.path("cost").asString()).isEqualTo(settled.cost().toPlainString());
        assertThat(decision.at("/saving/baselineModel").asString()).isEqualTo(settled.baselineModel());
        assertThat(decision.at("/saving/amount").asString())
                .isEqualTo(settled.baselineCost().minus(settled.cost()).toPlainString());
        assertThat(decision.at("/expectedSaving/baselineModel").asString()).isEqualTo(settled.baselineModel());
        assertThat(decision.path("attempts").size()).isEqualTo(1);
        assertThat(decision.toString()).doesNotContain(SECRET);

        HttpResponse<String> foreign = mesh().client(mesh().tenant()).get(path(answer.requestId()));
        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(foreign.body()).doesNotContain("gpt-");
        assertThat(mesh().client().get(path(answer.requestId())).statusCode()).isEqualTo(401);
    }

    @Test
    default void aCallThatNobodyServedIsExplainedToo() {
        TenantSnapshot tenant = mesh().tenant();
        mesh().provider().behave("{\"errorRate\": 1, \"errorStatus\": 400}");
        Answer answer = mesh().client(tenant).chat(asking(""));
        mesh().provider().behaveWell();
        assertThat(answer.status()).isGreaterThanOrEqualTo(400);
        String id = mesh().ledger().of(tenant.tenantId()).getFirst().requestId();
        JsonNode decision = decision(tenant, id);
        assertThat(decision.path("outcome").asString()).isEqualTo("released");
        assertThat(decision.path("releasedBecause").asString()).isNotBlank();
        assertThat(decision.has("served")).isFalse();
    }

    @Test
    default void aTenantThatKeepsNothingHasNoDecisionsAndOneThatShortensItsRetentionSeesNone() {
        TenantSettings settings = new TenantSettings(new Models(List.of(), null, null, null));
        TenantSnapshot none = mesh().tenant(null, settings.keeping(0));
        Answer unkept = mesh().client(none).chat(asking(""));
        TenantSnapshot some = mesh().tenant(null, settings);
        Answer kept = mesh().client(some).chat(asking(""));
        decision(some, kept.requestId());
        assertThat(rows(none)).isZero();
        assertThat(mesh().client(none).get(path(unkept.requestId())).statusCode())
                .isEqualTo(404);

        mesh().publish(some.with(settings.keeping(0)));
        Client client = mesh().client(some);
        Eventually.passes(
                PATIENCE,
                () -> assertThat(client.get(path(kept.requestId())).statusCode())
                        .isEqualTo(404));
    }

    @Test
    default void onlyTheNewestOfATenantAreKeptAndNoneOfOneThatIsErased() {
        TenantSnapshot tenant = mesh().tenant();
        Client client = mesh().client(tenant);
        String last = "";
        for (int i = 0; i < 6; i++) {
            last = client.chat(asking("")).requestId();
            decision(tenant, last);
        }
        Eventually.passes(PATIENCE, () -> assertThat(rows(tenant)).isEqualTo(3));
        decision(tenant, last);
        mesh().erase(tenant);
        Eventually.passes(PATIENCE, () -> assertThat(rows(tenant)).isZero());
    }

    @Test
    default void howNearEstimatesComeIsMeasuredByModelOfWhatWasEstimated() {
        MeterRegistry registry = mesh().bean(MeterRegistry.class);
        long before = count(registry);
        Client client = mesh().client(mesh().tenant());
        String model = client.chat(asking("")).header("x-served-model");
        Eventually.passes(PATIENCE, () -> assertThat(count(registry)).isGreaterThan(before));
        for (String of : List.of("input", "output", "cost")) {
            assertThat(registry.find("weir.estimate.ratio")
                            .tags("model", model, "of", of)
                            .summary())
                    .satisfies(summary -> assertThat(summary.mean()).isBetween(0.01, 100.0));
        }
    }

    private static long count(MeterRegistry registry) {
        return registry.find("weir.estimate.ratio").summaries().stream()
                .mapToLong(DistributionSummary::count)
                .sum();
    }
}
