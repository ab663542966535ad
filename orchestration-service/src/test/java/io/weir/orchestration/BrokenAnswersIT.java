package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A provider that says 200 and then nothing of use.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenAnswersIT {

    private static final String CLASSIFY = "Classify the sentiment of: the delivery was late.";

    private final HttpServer broken = brokenProvider();
    private final Mesh mesh = Mesh.start("weir.providers.openai.base-url=http://127.0.0.1:"
            + broken.getAddress().getPort());

    @BeforeAll
    void sellEverything() {
        mesh.publish(Catalogue.threeProviders());
    }

    @AfterAll
    void stop() {
        mesh.close();
        broken.stop(0);
    }

    private static HttpServer brokenProvider() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", BrokenAnswersIT::answer);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        boolean stream = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                .contains("\"stream\":true");
        byte[] body = (stream ? "data: {\"error\":{\"message\":\"overloaded\"}}\n\n" : "{\"choices\":[{\"ind")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", stream ? "text/event-stream" : "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private TenantSnapshot tenant() {
        TenantSettings settings =
                new TenantSettings(new Models(List.of(), null, null, null), new Routing(null, List.of("gpt-4o-mini")));
        TenantSnapshot tenant = mesh.tenant(Amount.of("1"), settings);
        mesh.budget(tenant, "1");
        return tenant;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"stream\":true,"})
    void anAnswerThatBreaksBeforeTheClientSawAnythingOfItIsTakenOverAndCharged(String stream) {
        TenantSnapshot tenant = tenant();
        Answer answer = mesh.client(tenant).chat(AutoRoutingIT.auto(stream, CLASSIFY));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.response().body()).contains("finish_reason").doesNotContain("overloaded");
        assertThat(answer.header("x-served-model")).isEqualTo("claude-haiku-4-5");
        assertThat(answer.header("x-fallback-count")).isEqualTo("1");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.attempts()).hasSize(2);
        Attempt first = settled.attempts().getFirst();
        Attempt second = settled.attempts().getLast();
        assertThat(first.model()).isEqualTo("gpt-4o-mini");
        assertThat(first.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(first.usageSource()).isEqualTo(UsageSource.MEASURED);
        assertThat(first.cost()).isGreaterThan(Amount.ZERO);
        assertThat(second.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(settled.cost()).isEqualTo(first.cost().plus(second.cost()));
        assertThat(AutoRoutingIT.sum(settled)).isEqualTo(settled.baselineCost().minus(settled.cost()));
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "held", "settled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"stream\":true,"})
    void whereNobodyElseAnswersWhatItUsedIsSettledAsFailed(String stream) {
        mesh.provider().behave("{\"errorRate\": 1}");
        TenantSnapshot tenant = tenant();
        Answer answer = mesh.client(tenant).chat(AutoRoutingIT.auto(stream, CLASSIFY));
        mesh.provider().behaveWell();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.error().path("message").asString())
                .contains(
                        "gpt-4o-mini at openai (broke off)",
                        "claude-haiku-4-5 at anthropic",
                        "gemini-2.5-pro at gemini");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(settled.billable()).isFalse();
        assertThat(settled.servedProvider()).isEqualTo("openai");
        assertThat(settled.attempts().size()).isGreaterThan(2);
        assertThat(settled.cost()).isGreaterThan(Amount.ZERO);
        assertThat(AutoRoutingIT.sum(settled)).isEqualTo(settled.baselineCost().minus(settled.cost()));
    }

    @Test
    void anExplicitModelsBrokenAnswerIsItsOwn() {
        TenantSnapshot tenant = tenant();
        Answer answer = mesh.client(tenant).chat(Client.hello("gpt-4o-mini"));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.error().path("message").asString()).contains("openai broke off its answer");
        assertThat(mesh.ledger().settled(tenant.tenantId()).outcome()).isEqualTo(Outcome.FAILED);
    }
}
