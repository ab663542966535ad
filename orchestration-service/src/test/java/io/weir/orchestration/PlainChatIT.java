package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainChatIT implements IdempotentCalls, CachedCalls {

    private final Mesh mesh = Mesh.start();

    @BeforeAll
    void startedWithoutReachingAProvider() {
        JsonNode ledger = mesh.provider().ledger();
        assertThat(ledger.path("requests").asInt() + ledger.path("failed").asInt())
                .isZero();
    }

    @Override
    public Mesh mesh() {
        return mesh;
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    @Test
    void anAnswerIsPassedOnPricedAndSettledBeforeItIsComplete() {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode body = answer.json();
        assertThat(body.path("object").asString()).isEqualTo("chat.completion");
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");

        Settled settled = mesh.ledger().settled(tenant.tenantId());
        Attempt attempt = settled.attempts().getFirst();
        long in = body.path("usage").path("prompt_tokens").asLong();
        long out = body.path("usage").path("completion_tokens").asLong();
        assertThat(attempt.buckets().of(Meter.TEXT_IN)).isEqualTo(in);
        assertThat(attempt.buckets().of(Meter.TEXT_OUT)).isEqualTo(out);
        assertThat(settled.cost())
                .isEqualTo(new Amount(new BigDecimal("0.00000015")
                        .multiply(BigDecimal.valueOf(in))
                        .add(new BigDecimal("0.0000006").multiply(BigDecimal.valueOf(out)))));
        assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(settled.billable()).isTrue();
        assertThat(answer.header("x-cost-usd")).isEqualTo(settled.cost().toPlainString());
        assertThat(answer.header("x-served-model")).isEqualTo(Mesh.MODEL);
        assertThat(answer.header("x-cache")).isEqualTo("none");
        assertThat(answer.header("x-fallback-count")).isEqualTo("0");
        assertThat(answer.header("openai-processing-ms")).matches("\\d+");
        assertThat(answer.header("openai-version")).isEqualTo("2020-10-01");
        assertThat(settled.requestId()).isEqualTo(answer.requestId());

        JsonNode served = mesh.provider().ledger().path("by_request").path(attempt.providerRequestId());
        assertThat(served.path("text_in").asLong()).isEqualTo(in);
        assertThat(served.path("text_out").asLong()).isEqualTo(out);
    }

    @Test
    void modelsAreListedAndFound() {
        Client client = mesh.client(mesh.tenant());
        assertThat(client.get("/v1/models").body())
                .contains("\"object\":\"list\"", "gpt-4o-mini", "\"owned_by\":\"openai\"")
                .doesNotContain("embedding", Mesh.NOT_SET_UP);
        assertThat(client.get("/v1/models/gpt-4o").body()).contains("\"created\":1715367049");
        assertThat(client.get("/v1/models/gpt-5o").statusCode()).isEqualTo(404);
    }

    @Test
    void theUsageThatAProviderLeavesOutIsMeasured() {
        mesh.provider().behave("{\"usageMissing\": true, \"outputTokens\": 23}");
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(Client.hello(Mesh.MODEL));

        assertThat(answer.status()).isEqualTo(200);
        Attempt attempt = mesh.ledger().settled(tenant.tenantId()).attempts().getFirst();
        assertThat(attempt.usageSource()).isEqualTo(Attempt.UsageSource.MEASURED);
        JsonNode served = mesh.provider().ledger().path("by_request").path(attempt.providerRequestId());
        assertThat(attempt.buckets().of(Meter.TEXT_IN))
                .isEqualTo(served.path("text_in").asLong());
        assertThat(attempt.buckets().of(Meter.TEXT_OUT)).isEqualTo(23);
    }

    @Test
    void thePlansLimitIsSentWhereTheClientStatesNone() {
        mesh.provider().behave("{\"outputTokens\": 10000}");
        Answer answer = mesh.client(mesh.tenant()).chat(Client.hello(Mesh.MODEL));
        assertThat(answer.json().path("usage").path("completion_tokens").asInt())
                .isEqualTo(4096);
    }

    @Test
    void severalChoicesAreHeldAndPricedTogether() {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant)
                .chat(
                        "{\"n\":3,\"max_tokens\":7,\"model\":\"gpt-4o-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        assertThat(answer.json().path("choices").size()).isEqualTo(3);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.attempts().getFirst().buckets().of(Meter.TEXT_OUT)).isEqualTo(21);
    }

    @Test
    void aCallWithoutAPassportIsRefused() {
        assertThat(mesh.client().chat(Client.hello(Mesh.MODEL)).status()).isEqualTo(401);
    }

    @Test
    void aSampledTraceGoesOnIntoTheLedgerAndAnUnsampledCallLeavesNone() {
        String traceId = UUID.randomUUID().toString().replace("-", "");
        TenantSnapshot traced = mesh.tenant();
        TenantSnapshot untraced = mesh.tenant();
        assertThat(mesh.client(traced)
                        .chatTraced(Client.hello(Mesh.MODEL), traceId)
                        .status())
                .isEqualTo(200);
        assertThat(mesh.client(untraced).chat(Client.hello(Mesh.MODEL)).status())
                .isEqualTo(200);
        assertThat(tracesOf(traced)).hasSize(2).allMatch(trace -> trace.contains(traceId));
        assertThat(tracesOf(untraced)).containsExactly("", "");
    }

    private List<String> tracesOf(TenantSnapshot tenant) {
        return mesh.ledger().entries().stream()
                .filter(entry -> tenant.tenantId().equals(entry.header()))
                .map(Ledger.Entry::traceparent)
                .toList();
    }

    @Test
    void theLedgerKnowsWhatACallIsCalled() {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chatTagged(Client.hello(Mesh.MODEL), "team=search, env=prod");
        assertThat(answer.status()).isEqualTo(200);
        Map<String, String> tags = Map.of("team", "search", "env", "prod");
        assertThat(mesh.ledger().settled(tenant.tenantId()).tags()).isEqualTo(tags);
        assertThat(mesh.ledger().of(tenant.tenantId()).getFirst())
                .isInstanceOfSatisfying(
                        Held.class, held -> assertThat(held.tags()).isEqualTo(tags));

        TenantSnapshot untagged = mesh.tenant();
        mesh.client(untagged).chat(Client.hello(Mesh.MODEL));
        assertThat(mesh.ledger().settled(untagged.tenantId()).tags()).isNull();
    }
}
