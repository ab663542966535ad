package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.api.Encoding;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.orchestration.Client.Answer;
import io.weir.orchestration.dialect.Tokenizer;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.BudgetSnapshot;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSettings.Models;
import io.weir.snapshots.catalog.TenantSettings.Routing;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A provider that says 200 and then nothing of use.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenAnswersIT {

    private static final String CLASSIFY = "Classify the sentiment of: the delivery was late.";

    private static final String UNCOUNTED = "Nobody can count this";
    private static final AtomicBoolean COUNTS_NO_MORE = new AtomicBoolean();

    private final HttpServer broken = brokenProvider();
    private final Mesh mesh = Mesh.start("weir.providers.openai.base-url=http://127.0.0.1:"
            + broken.getAddress().getPort());

    @BeforeAll
    void sellEverything() {
        mesh.publish(Catalogue.threeProviders());
    }

    // Counts tokens as before until it is told not to.
    @BeforeAll
    void breakTokenizer() throws ReflectiveOperationException {
        Field field = Tokenizer.class.getDeclaredField("encoding");
        field.setAccessible(true);
        Tokenizer tokenizer = mesh.bean(Tokenizer.class);
        Object real = field.get(tokenizer);
        field.set(
                tokenizer,
                Proxy.newProxyInstance(
                        Encoding.class.getClassLoader(),
                        new Class<?>[] {Encoding.class},
                        (proxy, method, arguments) -> {
                            if (COUNTS_NO_MORE.get()) {
                                throw new RejectedExecutionException("no thread is free");
                            }
                            return method.invoke(real, arguments);
                        }));
    }

    @AfterEach
    void countAgain() {
        COUNTS_NO_MORE.set(false);
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
        String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        COUNTS_NO_MORE.set(asked.contains(UNCOUNTED));
        boolean stream = asked.contains("\"stream\":true");
        String streamed = asked.contains("whole")
                ? "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},"
                        + "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
                : "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
        byte[] body = (stream ? streamed : "{\"choices\":[{\"ind").getBytes(StandardCharsets.UTF_8);
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

    @ParameterizedTest
    @CsvSource({"false,", "true,", "true,whole"})
    void whatNobodyCanCountIsSettledAtTheCeilingAndNotHeldForEver(boolean stream, String form) {
        TenantSnapshot tenant = mesh.tenant(Amount.of("1"), TenantSettings.DEFAULTS);
        BudgetSnapshot budget = mesh.budget(tenant, "1");
        double before = left();
        String body = "{\"model\":\"gpt-4o-mini\",\"stream\":" + stream + ",\"max_tokens\":60,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"" + UNCOUNTED + ' ' + form + "\"}]}";
        String answer = mesh.client(tenant).chat(body).response().body();
        assertThat(answer).contains("internal_error").doesNotContain("[DONE]");

        Settled settled = mesh.ledger().settled(tenant.tenantId());
        Held held = (Held) mesh.ledger().of(tenant.tenantId()).getFirst();
        assertThat(settled.outcome()).isEqualTo(Outcome.RECOVERED);
        assertThat(settled.cost()).isEqualTo(held.ceiling()).isGreaterThan(Amount.ZERO);
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
        assertThat(left()).isEqualTo(before + 1);
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(mesh.client(tenant, Scope.BILLING)
                                .get("/api/orchestration/budgets")
                                .body())
                        .contains(budget.id(), "\"settled\":\"" + held.ceiling().toPlainString() + '"'));
    }

    private double left() {
        return mesh.bean(MeterRegistry.class).counter("weir.holds.left").count();
    }
}
