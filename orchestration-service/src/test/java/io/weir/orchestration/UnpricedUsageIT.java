package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.Unpriced;
import io.weir.ledger.Attempt.Unpriced.Reason;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.Client.Answer;
import io.weir.security.Scope;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A provider whose usage is odd.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnpricedUsageIT {

    private static final String MODEL = "gpt-4o-mini";

    private volatile String usage = "{}";
    private volatile String tier = "default";
    private final HttpServer odd = oddProvider();
    private final Mesh mesh = Mesh.start("weir.providers.openai.base-url=http://127.0.0.1:"
            + odd.getAddress().getPort());

    @AfterAll
    void stop() {
        mesh.close();
        odd.stop(0);
    }

    private HttpServer oddProvider() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::answer);
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean stream = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                .contains("\"stream\":true");
        String head = "{\"id\":\"c\",\"created\":1,\"model\":\"m\",\"service_tier\":\"" + tier + "\",";
        String whole = head + "\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                + "\"assistant\",\"content\":\"Hello there\"},\"finish_reason\":\"stop\"}],\"usage\":" + usage + "}";
        String chunks = "data: " + head + "\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":"
                + "{\"role\":\"assistant\",\"content\":\"Hello there\"},\"finish_reason\":null}]}\n\n"
                + "data: " + head + "\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},"
                + "\"finish_reason\":\"stop\"}]}\n\n"
                + "data: " + head + "\"object\":\"chat.completion.chunk\",\"choices\":[],\"usage\":" + usage + "}\n\n"
                + "data: [DONE]\n\n";
        byte[] body = (stream ? chunks : whole).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", stream ? "text/event-stream" : "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Attempt attempt(TenantSnapshot tenant, String stream) {
        Answer answer = mesh.client(tenant).chat(Client.hello(MODEL).replaceFirst("\\{", "{" + stream));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.response().body()).contains("Hello there");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        Attempt attempt = settled.attempts().getFirst();
        assertThat(settled.cost()).isEqualTo(attempt.cost());
        return attempt;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "|{\"prompt_tokens\":-5,\"completion_tokens\":10,\"total_tokens\":5}",
                "\"stream\":true,|{\"prompt_tokens\":-5,\"completion_tokens\":10,\"total_tokens\":5}",
                "|{\"prompt_tokens\":\"NaN\",\"completion_tokens\":10,\"total_tokens\":5}",
                "|{\"prompt_tokens\":9000000000,\"completion_tokens\":1,\"total_tokens\":9000000001}",
                "\"stream\":true,|{\"prompt_tokens\":9000000000,\"completion_tokens\":1,\"total_tokens\":9000000001}",
            })
    void usageThatCannotBeIsQuarantinedAndTheTenantIsNotCharged(String stream, String said) {
        usage = said;
        Attempt attempt = attempt(mesh.tenant(), stream == null ? "" : stream);
        assertThat(attempt.unpriced()).isEqualTo(new Unpriced(Reason.NOT_CREDIBLE, Map.of()));
        assertThat(attempt.cost()).isEqualTo(Amount.ZERO);
        assertThat(attempt.lines()).isEmpty();
        assertThat(attempt.priceBookId()).isNull();
        // What can be charged later: our own count, beside what was said.
        assertThat(attempt.usageSource()).isEqualTo(UsageSource.MEASURED);
        assertThat(attempt.buckets().of(Meter.TEXT_OUT)).isEqualTo(2);
        assertThat(String.valueOf(attempt.rawUsage())).isEqualTo(said);
    }

    @ParameterizedTest
    @CsvSource({"''", "'\"stream\":true,'"})
    void whatHasNoMeterAndWhatHasNoPriceIsNeverBilledAtZero(String stream) {
        usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,"
                + "\"completion_tokens_details\":{\"dream_tokens\":3}}";
        Attempt dreamt = attempt(mesh.tenant(), stream);
        assertThat(dreamt.unpriced())
                .isEqualTo(new Unpriced(Reason.UNKNOWN_METER, Map.of("completion_tokens_details.dream_tokens", 3L)));
        assertThat(dreamt.buckets().of(Meter.TEXT_OUT)).isEqualTo(2);
        assertThat(dreamt.priceBookId()).isNull();

        usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,"
                + "\"prompt_tokens_details\":{\"audio_tokens\":4}}";
        Attempt heard = attempt(mesh.tenant(), stream);
        assertThat(heard.unpriced()).isEqualTo(new Unpriced(Reason.NO_PRICE, Map.of("audio_in", 4L)));
        assertThat(heard.lines()).isEmpty();
        assertThat(heard.pricedAt()).isNotNull();

        usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}";
        tier = "priority";
        Attempt hurried = attempt(mesh.tenant(), stream);
        tier = "default";
        assertThat(hurried.serviceTier()).isEqualTo("priority");
        assertThat(hurried.unpriced()).isEqualTo(new Unpriced(Reason.NO_PRICE, Map.of("text_in", 10L, "text_out", 5L)));
    }

    @ParameterizedTest
    @CsvSource({"''", "'\"stream\":true,'"})
    void theBudgetBooksTheCeilingUntilThereIsAPrice(String stream) {
        usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,"
                + "\"completion_tokens_details\":{\"dream_tokens\":3}}";
        TenantSnapshot tenant = mesh.tenant(Amount.of("1"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "1");
        assertThat(attempt(tenant, stream).cost()).isEqualTo(Amount.ZERO);
        Amount ceiling = ((Held) mesh.ledger().of(tenant.tenantId()).getFirst()).ceiling();
        assertThat(ceiling).isGreaterThan(Amount.ZERO);
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(mesh.client(tenant, Scope.BILLING)
                                .get("/api/orchestration/budgets")
                                .body())
                        .contains("\"settled\":\"" + ceiling.toPlainString() + '"', "\"held\":\"0\""));
    }

    @Test
    void aTenantPaysThePricesOfItsOwnBookAndOthersDoNot() {
        TenantSnapshot ours = mesh.tenant();
        TenantSnapshot others = mesh.tenant();
        mesh.publishBeside(new PriceBookSnapshot(
                "zz-ours",
                "contract",
                LocalDate.of(2026, 11, 1),
                List.of(
                        new Model("openai", MODEL, "chat", 128_000, 16_384, 1),
                        new Model("openai", "ours-alone", "chat", 128_000, 16_384, 1)),
                List.of(
                        rule(MODEL, Meter.TEXT_IN, "0.10"),
                        rule(MODEL, Meter.TEXT_OUT, "0.40"),
                        rule("ours-alone", Meter.TEXT_IN, "1"),
                        rule("ours-alone", Meter.TEXT_OUT, "1")),
                1,
                ours.tenantId()));
        usage = "{\"prompt_tokens\":1000,\"completion_tokens\":100,\"total_tokens\":1100}";
        // 1,000 x 0.10/M + 100 x 0.40/M = 0.0001 + 0.00004; at the list 0.00015 + 0.00006.
        assertThat(attempt(ours, "").cost()).isEqualTo(Amount.of("0.00014"));
        assertThat(attempt(others, "").cost()).isEqualTo(Amount.of("0.00021"));
        assertThat(mesh.client(others).chat(Client.hello("ours-alone")).status())
                .isEqualTo(404);
    }

    private static Rule rule(String model, Meter meter, String perMillion) {
        return new Rule(
                "ours/" + model + "/" + meter.wireName(),
                "openai",
                model,
                meter,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }
}
