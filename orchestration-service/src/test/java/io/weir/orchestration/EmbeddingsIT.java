package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Released;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.PriceBookSnapshot;
import io.weir.snapshots.catalog.PriceBookSnapshot.Model;
import io.weir.snapshots.catalog.PriceBookSnapshot.Rule;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.snapshots.catalog.TenantStatus;
import io.weir.testing.Eventually;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddingsIT implements ModerationCalls, EmbeddedCacheCalls {

    private static final String SMALL = "text-embedding-3-small";
    private static final String GEMINI = "gemini-embedding-001";

    private final Mesh mesh =
            Mesh.start(Stream.concat(Stream.of("weir.upstream.backoff=5ms"), EmbeddedCacheCalls.settings().stream())
                    .toArray(String[]::new));
    private final TenantSnapshot anyone = mesh.tenant();

    @Override
    public Mesh mesh() {
        return mesh;
    }

    @BeforeAll
    void sell() {
        mesh.publishBeside(book());
        mesh.publishBeside(ModerationCalls.moderations());
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    static PriceBookSnapshot book() {
        return new PriceBookSnapshot(
                "vectors",
                "test",
                LocalDate.of(2026, 11, 1),
                List.of(
                        new Model("openai", SMALL, "embedding", 8_192, 0, 1_705_948_997),
                        new Model("openai", "text-embedding-ada-002", "embedding", 8_192, 0, 1_671_217_299),
                        new Model("openai", "unpriced-chat", "chat", 8_192, 4_096, 1),
                        new Model("gemini", GEMINI, "embedding", 2_048, 0, 1_752_451_200)),
                List.of(
                        rule("openai", SMALL, "0.02"),
                        rule("openai", "text-embedding-ada-002", "0.10"),
                        rule("openai", "unpriced-chat", "1"),
                        rule("gemini", GEMINI, "0.15")),
                1);
    }

    private static Rule rule(String provider, String model, String perMillion) {
        return new Rule(
                model + "/text_in",
                provider,
                model,
                Meter.TEXT_IN,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }

    private static String body(String model, String more) {
        return "{\"model\": \"" + model + "\", " + more + "}";
    }

    @ParameterizedTest
    @CsvSource({SMALL + ", openai, 1536, 0.00000002", GEMINI + ", gemini, 3072, 0.00000015"})
    void vectorsAreGivenPricedAndSettledBeforeTheAnswerIsComplete(
            String model, String provider, int dimensions, String rate) {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant)
                .embed(body(model, "\"input\": [\"The first text\", \"the second\"], \"unknown\": {\"a\": [1]}"));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode json = answer.json();
        assertThat(json.path("object").asString()).isEqualTo("list");
        assertThat(json.path("model").asString()).isEqualTo(model);
        assertThat(json.path("data").size()).isEqualTo(2);
        assertThat(json.at("/data/1/index").asInt()).isEqualTo(1);
        assertThat(json.at("/data/1/object").asString()).isEqualTo("embedding");
        assertThat(json.at("/data/1/embedding").size()).isEqualTo(dimensions);
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");

        Settled settled = mesh.ledger().settled(tenant.tenantId());
        Attempt attempt = settled.attempts().getFirst();
        long tokens = json.at("/usage/prompt_tokens").asLong();
        assertThat(tokens).isPositive().isEqualTo(json.at("/usage/total_tokens").asLong());
        assertThat(attempt.buckets().byMeter()).isEqualTo(Map.of(Meter.TEXT_IN, tokens));
        assertThat(attempt.usageSource()).isEqualTo(Attempt.UsageSource.PROVIDER);
        assertThat(settled.cost()).isEqualTo(Rate.of(rate).times(tokens));
        assertThat(settled.servedProvider()).isEqualTo(provider);
        assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(settled.billable()).isTrue();
        assertThat(settled.bytesOut()).isEqualTo(answer.response().body().length());
        assertThat(answer.header("x-cost-usd")).isEqualTo(settled.cost().toPlainString());
        assertThat(answer.header("x-served-model")).isEqualTo(model);
        assertThat(answer.header("x-cache")).isEqualTo("none");
        assertThat(answer.header("x-fallback-count")).isEqualTo("0");
        assertThat(answer.header("openai-processing-ms")).matches("\\d+");
        assertThat(answer.header("openai-version")).isEqualTo("2020-10-01");
        assertThat(answer.requestId()).isEqualTo(settled.requestId());
    }

    @ParameterizedTest
    @ValueSource(strings = {SMALL, GEMINI})
    void base64HoldsTheSameValuesAsNumbers(String model) {
        Client client = mesh.client(anyone);
        String input = "\"input\": [\"one\", \"two\", \"three\"]";
        JsonNode numbers = client.embed(body(model, input)).json();
        JsonNode encoded = client.embed(body(model, input + ", \"encoding_format\": \"base64\""))
                .json();
        for (int i = 0; i < 3; i++) {
            JsonNode vector = numbers.path("data").path(i).path("embedding");
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                            .decode(encoded.path("data")
                                    .path(i)
                                    .path("embedding")
                                    .asString()))
                    .order(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.remaining()).isEqualTo(vector.size() * 4);
            for (JsonNode value : vector.values()) {
                assertThat(value.doubleValue()).isEqualTo(bytes.getFloat());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SMALL, GEMINI})
    void fewerDimensionsAreGivenWhereTheModelCan(String model) {
        Client client = mesh.client(anyone);
        Answer shorter = client.embed(body(model, "\"input\": \"text\", \"dimensions\": 256"));
        assertThat(shorter.json().at("/data/0/embedding").size())
                .as(shorter.toString())
                .isEqualTo(256);
        Answer most = client.embed(body(model, "\"input\": \"text\", \"dimensions\": 3073"));
        assertThat(most.status()).isEqualTo(400);
        assertThat(most.error().path("param").asString()).isEqualTo("dimensions");
        Answer none = client.embed(body("text-embedding-ada-002", "\"input\": \"text\", \"dimensions\": 256"));
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.error().path("param").asString()).isEqualTo("dimensions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[1, 2, 3] | 1 | 3", "[[1, 2], [3]] | 2 | 3", "\"Hello there\" | 1 | 2"})
    void tokensAndASingleTextAreTaken(String input, int vectors, int tokens) {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).embed(body(SMALL, "\"input\": " + input));
        assertThat(answer.json().path("data").size()).as(answer.toString()).isEqualTo(vectors);
        assertThat(mesh.ledger()
                        .settled(tenant.tenantId())
                        .attempts()
                        .getFirst()
                        .buckets()
                        .of(Meter.TEXT_IN))
                .isEqualTo(tokens);
    }

    @Test
    void whatAProviderCannotTakeIsSaidBeforeAnythingIsHeld() {
        TenantSnapshot tenant = mesh.tenant();
        Client client = mesh.client(tenant);
        String many = String.join(", ", Collections.nCopies(101, "\"x\""));
        for (String input : List.of("[1, 2]", "[" + many + "]")) {
            Answer answer = client.embed(body(GEMINI, "\"input\": " + input));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error().path("param").asString()).isEqualTo("input");
        }
        assertThat(client.embed(body(SMALL, "\"input\": [" + many + "]")).status())
                .isEqualTo(200);
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
    }

    @Test
    void aCallOnTheWrongRouteIsToldTheRightOne() {
        Client client = mesh.client(anyone);
        Answer chat = client.chat(Client.hello(SMALL));
        assertThat(chat.status()).isEqualTo(400);
        assertThat(chat.error().path("message").asString()).contains("/v1/embeddings");
        Answer embed = client.embed(body(Mesh.MODEL, "\"input\": \"x\""));
        assertThat(embed.status()).isEqualTo(400);
        assertThat(embed.error().path("message").asString()).contains("/v1/chat/completions");
        assertThat(embed.error().path("param").asString()).isEqualTo("model");
        Answer unknown = client.embed(body("text-embedding-4", "\"input\": \"x\""));
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.error().path("message").asString()).contains(SMALL);
        assertThat(client.get("/v1/embeddings").statusCode()).isEqualTo(405);
    }

    @Test
    void modelsForEmbeddingsAreListedAndAChatModelWithoutAnOutputPriceIsNot() {
        Client client = mesh.client(anyone);
        assertThat(client.get("/v1/models").body())
                .contains(SMALL, GEMINI, Mesh.MODEL)
                .doesNotContain("unpriced-chat");
        assertThat(client.get("/v1/models/" + SMALL).statusCode()).isEqualTo(200);
        assertThat(client.chat(Client.hello("unpriced-chat")).status()).isEqualTo(404);
        assertThat(client.embed(body("unpriced-chat", "\"input\": \"x\"")).status())
                .isEqualTo(404);
    }

    @Test
    void theTenantsDefaultStandsInAndItsListBinds() {
        TenantSettings.Models models = new TenantSettings.Models(List.of(SMALL), null, null, null, SMALL);
        Client client = mesh.client(mesh.tenant(null, new TenantSettings(models)));
        assertThat(client.embed("{\"input\": \"x\"}").header("x-served-model")).isEqualTo(SMALL);
        assertThat(client.embed(body(GEMINI, "\"input\": \"x\"")).status()).isEqualTo(404);
        Answer none = mesh.client(mesh.tenant()).embed("{\"input\": \"x\"}");
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.error().path("param").asString()).isEqualTo("model");
    }

    @Test
    void theHoldCoversTheCostAndTheBudgetBinds() {
        TenantSnapshot tenant = mesh.tenant(Amount.of("0.000001"), TenantSettings.DEFAULTS);
        mesh.budget(tenant, "0.000001");
        Client client = mesh.client(tenant);
        Answer dear = client.embed(body(SMALL, "\"input\": \"" + "word ".repeat(40) + "\""));
        assertThat(dear.status()).isEqualTo(429);
        assertThat(dear.error().path("code").asString()).isEqualTo("budget_exceeded");
        assertThat(mesh.ledger().of(tenant.tenantId())).isEmpty();
        assertThat(client.embed(body(SMALL, "\"input\": \"word\"")).status()).isEqualTo(200);
        assertThat(mesh.ledger().settled(tenant.tenantId()).cost()).isLessThan(Amount.of("0.000001"));
    }

    @ParameterizedTest
    @ValueSource(strings = {SMALL, GEMINI})
    void usageThatAProviderLeavesOutIsMeasured(String model) {
        mesh.provider().behave("{\"usageMissing\": true}");
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).embed(body(model, "\"input\": \"Hello there\""));
        assertThat(answer.json().at("/usage/prompt_tokens").asLong()).isEqualTo(2);
        Attempt attempt = mesh.ledger().settled(tenant.tenantId()).attempts().getFirst();
        assertThat(attempt.usageSource()).isEqualTo(Attempt.UsageSource.MEASURED);
        assertThat(attempt.buckets().of(Meter.TEXT_IN)).isEqualTo(2);
    }

    @Test
    void whatAProviderRefusesIsReleasedAndWhatFailsOnceIsRepeated() {
        TenantSnapshot tenant = mesh.tenant();
        mesh.provider().behave("{\"errorRate\": 1, \"errorStatus\": 400}");
        assertThat(mesh.client(tenant).embed(body(SMALL, "\"input\": \"x\"")).status())
                .isEqualTo(400);
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "released");
        assertThat(mesh.ledger().of(tenant.tenantId()).getLast()).isInstanceOf(Released.class);

        mesh.provider().behave("{\"errorRate\": 0.25, \"seed\": 7}");
        TenantSnapshot other = mesh.tenant();
        for (int i = 0; i < 20; i++) {
            mesh.client(other).embed(body(SMALL, "\"input\": \"x\""));
        }
        assertThat(mesh.ledger().of(other.tenantId()).stream()
                        .filter(Settled.class::isInstance)
                        .map(Settled.class::cast)
                        .filter(settled -> settled.attempts().size() > 1))
                .isNotEmpty()
                .allSatisfy(settled -> assertThat(
                                settled.attempts().getFirst().cost().isZero())
                        .isTrue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input | {\"model\": \"m\", \"input\": \"\"}",
                "input[1] | {\"model\": \"m\", \"input\": [\"a\", 5]}",
                "encoding_format | {\"model\": \"m\", \"input\": \"a\", \"encoding_format\": \"int8\"}",
            })
    void badInputIsA400NamingTheField(String param, String body) {
        Answer answer = mesh.client(anyone).embed(body);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.error().path("param").asString()).isEqualTo(param);
    }

    @Test
    void itTakes2048TextsAndNoMore() {
        Client client = mesh.client(anyone);
        String most = String.join(", ", Collections.nCopies(2_048, "\"x\""));
        Answer answer = client.embed(body(SMALL, "\"dimensions\": 4, \"input\": [" + most + "]"));
        assertThat(answer.json().path("data").size()).isEqualTo(2_048);
        Answer more = client.embed(body(SMALL, "\"dimensions\": 4, \"input\": [" + most + ", \"x\"]"));
        assertThat(more.status()).isEqualTo(400);
        assertThat(more.error().path("param").asString()).isEqualTo("input");
    }

    @Test
    void aSuspendedTenantGetsNone() {
        TenantSnapshot one = mesh.tenant();
        mesh.publish(new TenantSnapshot(
                one.tenantId(),
                one.slug(),
                TenantStatus.SUSPENDED,
                one.plan(),
                one.placement(),
                one.region(),
                one.timeZone(),
                one.currency(),
                one.maxMonthlySpend(),
                one.settings(),
                one.version(),
                one.createdAt()));
        Eventually.passes(Duration.ofSeconds(30), () -> {
            Answer answer = mesh.client(one).embed(body(SMALL, "\"input\": \"x\""));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.error().path("code").asString()).isEqualTo("tenant_suspended");
        });
    }

    @Test
    void aCallWithoutAPassportIsRefused() {
        assertThat(mesh.client().embed(body(SMALL, "\"input\": \"x\"")).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"provider\":{\"only\":[\"gemini\"]}|provider.only",
                "\"provider\":{\"max_price\":{\"prompt\":0.001}}|provider.max_price.prompt",
                "\"provider\":{\"only\":\"openai\"}|provider.only",
                "\"provider\":{\"zdr\":true}|provider.zdr",
                "\"provider\":7|provider",
                "\"models\":[\"text-embedding-3-large\"]|models",
            })
    void aWishThatNobodyFulfilsIsRefusedAndNotPassedOver(String wish, String param) {
        Answer answer = mesh.client(anyone).embed("{\"model\":\"" + SMALL + "\",\"input\":\"hi\"," + wish + "}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.error().path("param").asString()).isEqualTo(param);
    }

    @Test
    void aWishThatSomebodyFulfilsIsFollowedAndNotPassedOn() {
        Answer answer = mesh.client(anyone)
                .embed("{\"model\":\"" + SMALL + "\",\"input\":\"hi\",\"provider\":{\"only\":[\"openai\"]}}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }
}
