package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.UsageEvent.SavingsLine;
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
import io.weir.snapshots.catalog.TenantSettings.Cache;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What holds of calls whose answers are given again, in the context of another test.
interface CachedCalls {

    Duration PATIENCE = Duration.ofSeconds(20);
    String CHAT = "/v1/chat/completions";

    /// Sold by a book of its own.
    String DATED = "gpt-4o-mini-2024-07-18";

    Mesh mesh();

    private int asked() {
        return mesh().provider().ledger().path("requests").asInt();
    }

    private TenantSnapshot tenant(boolean semantic) {
        return mesh().tenant(null, TenantSettings.DEFAULTS.with(new Cache(true, semantic, false, null, null)));
    }

    private static String body(String prompt, String more) {
        return "{\"model\":\"" + Mesh.MODEL + "\",\"temperature\":0," + more
                + "\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}";
    }

    private static String text(Answer answer) {
        return answer.json().at("/choices/0/message/content").asString();
    }

    private static String streamed(Answer stream) {
        StringBuilder text = new StringBuilder();
        chunks(stream)
                .forEach(chunk ->
                        text.append(chunk.at("/choices/0/delta/content").asString("")));
        return text.toString();
    }

    private static List<JsonNode> chunks(Answer stream) {
        assertThat(stream.response().body()).endsWith("data: [DONE]\n\n");
        return stream.response()
                .body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
    }

    @Test
    default void theSameRequestGetsTheSameAnswerForNothing() {
        TenantSnapshot tenant = tenant(false);
        Client client = mesh().client(tenant);
        int before = asked();
        Answer first = client.chat(body("Name a river", ""));
        assertThat(first.status()).as(first.toString()).isEqualTo(200);
        assertThat(first.header("x-cache")).isEqualTo("miss");
        assertThat(first.header("age")).isEmpty();

        Answer again = client.chat(body("Name a river", "\"user\":\"u1\",\"metadata\":{\"a\":\"b\"},"));
        assertThat(again.header("x-cache")).as(again.toString()).isEqualTo("hit");
        assertThat(again.header("age")).matches("\\d+");
        assertThat(again.header("x-cost-usd")).isEqualTo("0");
        assertThat(again.header("x-served-model")).isEqualTo(first.header("x-served-model"));
        assertThat(text(again)).isEqualTo(text(first)).isNotBlank();
        assertThat(again.json().path("usage")).isEqualTo(first.json().path("usage"));
        assertThat(again.json().path("id")).isNotEqualTo(first.json().path("id"));
        assertThat(asked() - before).isEqualTo(1);

        assertThat(mesh().ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled", "settled");
        Settled paid = (Settled) mesh().ledger().of(tenant.tenantId()).get(1);
        Settled given = (Settled) mesh().ledger().of(tenant.tenantId()).get(2);
        assertThat(given.requestId()).isEqualTo(again.requestId());
        assertThat(given.cost()).isEqualTo(Amount.ZERO);
        assertThat(given.attempts()).isEmpty();
        assertThat(given.billable()).isTrue();
        assertThat(given.cache()).isEqualTo("exact");
        assertThat(given.baselineCost()).isEqualTo(paid.baselineCost());
        assertThat(given.savings()).contains(new SavingsLine("cache", paid.cost()));
        assertThat(given.savings().stream().map(SavingsLine::amount).reduce(Amount.ZERO, Amount::plus))
                .isEqualTo(given.baselineCost().minus(given.cost()));
    }

    @Test
    default void whatCanChangeTheAnswerIsAnotherRequest() {
        Client client = mesh().client(tenant(false));
        int before = asked();
        client.chat(body("Name a lake", ""));
        for (String more : List.of("\"max_tokens\":50,", "\"seed\":1,", "\"stop\":[\"x\"],", "\"n\":1,")) {
            Answer other = client.chat(body("Name a lake", more));
            assertThat(other.header("x-cache")).as(more + other).isEqualTo("miss");
        }
        Answer sampled = client.chat(body("Name a lake", "").replace("\"temperature\":0", "\"temperature\":0.5"));
        assertThat(sampled.header("x-cache")).isEqualTo("none");
        assertThat(asked() - before).isEqualTo(6);
    }

    @Test
    default void aStreamAndAWholeAnswerServeEachOther() {
        Client client = mesh().client(tenant(false));
        int before = asked();
        String withUsage = "\"stream\":true,\"stream_options\":{\"include_usage\":true},";
        Answer stream = client.chat(body("Name a hill", withUsage));
        assertThat(stream.header("x-cache")).isEqualTo("miss");
        Answer whole = client.chat(body("Name a hill", ""));
        assertThat(whole.header("x-cache")).as(whole.toString()).isEqualTo("hit");
        assertThat(text(whole)).isEqualTo(streamed(stream)).isNotBlank();
        Answer again = client.chat(body("Name a hill", withUsage));
        assertThat(again.header("x-cache")).isEqualTo("hit");
        assertThat(again.header("content-type")).startsWith("text/event-stream");
        assertThat(streamed(again)).isEqualTo(text(whole));
        List<JsonNode> chunks = chunks(again);
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asString())
                .isEqualTo("stop");
        assertThat(chunks.getLast().path("usage").path("total_tokens").asInt()).isPositive();
        assertThat(chunks.getLast().path("x_cost_usd").asString()).isEqualTo("0");
        assertThat(asked() - before).isEqualTo(1);
    }

    @Test
    default void otherApisGetTheirOwnForms() {
        Client client = mesh().client(tenant(false));
        for (String model : List.of(Mesh.CLAUDE, Mesh.MODEL)) {
            String message = "{\"model\":\"" + model + "\",\"max_tokens\":100,\"temperature\":0,"
                    + "\"messages\":[{\"role\":\"user\",\"content\":\"Name an isle\"}]}";
            Answer first = client.with("/v1/messages", message, "anthropic-version", "2023-06-01");
            assertThat(first.header("x-cache")).as(first.toString()).isEqualTo("miss");
            Answer again = client.with("/v1/messages", message, "anthropic-version", "2023-06-01");
            assertThat(again.header("x-cache")).isEqualTo("hit");
            assertThat(again.json().path("content")).isEqualTo(first.json().path("content"));
            assertThat(again.json().path("stop_reason")).isEqualTo(first.json().path("stop_reason"));
            Answer stream = client.with(
                    "/v1/messages",
                    message.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\""),
                    "anthropic-version",
                    "2023-06-01");
            assertThat(stream.header("x-cache")).isEqualTo("hit");
            assertThat(stream.response().body())
                    .startsWith("event: message_start")
                    .contains("event: message_stop");
        }
        String response =
                "{\"model\":\"" + Mesh.MODEL + "\",\"temperature\":0,\"input\":\"Name a cape\",\"store\":false}";
        Answer first = client.with("/v1/responses", response, "x-weir-tolerant", "false");
        Answer again = client.with("/v1/responses", response, "x-weir-tolerant", "false");
        assertThat(again.header("x-cache")).as(first.toString()).isEqualTo("hit");
        assertThat(again.json().at("/output/0/content")).isEqualTo(first.json().at("/output/0/content"));
        assertThat(again.json().path("id")).isNotEqualTo(first.json().path("id"));
    }

    @Test
    default void twoTenantsNeverShareAnAnswer() {
        int before = asked();
        String word = UUID.randomUUID().toString();
        Answer own = mesh().client(tenant(true)).chat(body("Say " + word, ""));
        Answer foreign = mesh().client(tenant(true)).chat(body("Say " + word, ""));
        Answer similar = mesh().client(tenant(true)).chat(body("Please say " + word, ""));
        assertThat(List.of(own, foreign, similar)).allSatisfy(each -> {
            assertThat(each.status()).isEqualTo(200);
            assertThat(each.header("x-cache")).isEqualTo("miss");
        });
        assertThat(asked() - before).isEqualTo(3);
    }

    @Test
    default void theCallerMayWantANewAnswer() {
        Client client = mesh().client(tenant(false));
        int before = asked();
        String body = body("Name a bay", "");
        client.chat(body);
        Answer past = client.with(CHAT, body, "x-weir-cache", "bypass");
        assertThat(past.header("x-cache")).isEqualTo("bypass");
        Answer fresh = client.with(CHAT, body, "x-weir-cache", "refresh");
        assertThat(fresh.header("x-cache")).isEqualTo("refresh");
        assertThat(asked() - before).isEqualTo(3);
        Answer again = client.chat(body);
        assertThat(again.header("x-cache")).isEqualTo("hit");
        assertThat(text(again)).isEqualTo(text(fresh));
        Answer wrong = client.with(CHAT, body, "x-weir-cache", "never");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.error().path("param").asString()).isEqualTo("x-weir-cache");
        assertThat(asked() - before).isEqualTo(3);
    }

    @Test
    default void whatIsNotWholeIsNotKept() {
        Client client = mesh().client(tenant(false));
        int before = asked();
        for (int i = 0; i < 2; i++) {
            Answer cut = client.chat(body("Tell me a long story", "\"max_tokens\":1,"));
            assertThat(cut.json().at("/choices/0/finish_reason").asString()).isEqualTo("length");
            assertThat(cut.header("x-cache")).isEqualTo("miss");
        }
        mesh().provider().behave("{\"errorRate\": 1, \"errorStatus\": 400}");
        assertThat(client.chat(body("Name a dune", "")).status()).isNotEqualTo(200);
        mesh().provider().behaveWell();
        assertThat(client.chat(body("Name a dune", "")).header("x-cache")).isEqualTo("miss");
        assertThat(asked() - before).isEqualTo(3);
    }

    @Test
    default void whatMeansTheSameIsAnsweredAndWhatDoesNotIsAsked() {
        TenantSnapshot tenant = tenant(true);
        Client client = mesh().client(tenant);
        Answer first = client.chat(body("What is the capital of Mongolia?", ""));
        assertThat(first.header("x-cache")).isEqualTo("miss");
        Answer similar = Eventually.value(
                PATIENCE,
                () -> client.chat(body("Can you tell me what the capital of Mongolia is?", "")),
                answer -> !answer.header("x-cache").equals("miss"));
        assertThat(similar.header("x-cache")).isIn("semantic", "hit");
        assertThat(client.chat(body("What is the capital of Peru?", "")).header("x-cache"))
                .isEqualTo("miss");
        Answer hinted = client.chat(body("Could you tell me what the capital of Mongolia is?", "\"seed\":7,"));
        assertThat(hinted.header("x-cache")).isEqualTo("miss");
        Answer third = client.chat(body("Hi! What is the capital of Mongolia? Thanks!", ""));
        assertThat(third.header("x-cache")).isEqualTo("semantic");
        assertThat(text(third)).isIn(text(first), text(similar));
        Settled given = mesh().ledger().of(tenant.tenantId()).stream()
                .filter(event -> event.requestId().equals(third.requestId()))
                .map(Settled.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(given.cache()).isEqualTo("semantic");
    }

    @Test
    default void aClearedCacheMeansNewAnswers() {
        TenantSnapshot tenant = tenant(false);
        Client client = mesh().client(tenant);
        client.chat(body("Name a fjord", ""));
        assertThat(client.chat(body("Name a fjord", "")).header("x-cache")).isEqualTo("hit");
        Client admin = mesh().client(tenant, Scope.TENANT_ADMIN);
        Eventually.passes(
                PATIENCE,
                () -> assertThat(admin.delete("/api/orchestration/cache").statusCode())
                        .isEqualTo(200));
        assertThat(client.chat(body("Name a fjord", "")).header("x-cache")).isEqualTo("miss");
    }

    // The new answer is kept in its turn: what is asked until then is a hit, and then a miss, once.
    private static void nextIsNew(Client client, String body) {
        Eventually.passes(
                PATIENCE, () -> assertThat(client.chat(body).header("x-cache")).isEqualTo("miss"));
        assertThat(client.chat(body).header("x-cache")).isEqualTo("hit");
    }

    @Test
    default void otherSettingsMeanNewAnswers() {
        TenantSnapshot tenant = tenant(true);
        Client client = mesh().client(tenant);
        String body = body("Name a strait", "");
        nextIsNew(client, body);
        mesh().publish(tenant.with(TenantSettings.DEFAULTS.with(new Cache(true, true, false, 600, null))));
        nextIsNew(client, body);
        assertThat(mesh().client(tenant).chat(body("Please name a strait", "")).header("x-cache"))
                .isEqualTo("semantic");
    }

    @Test
    default void anotherDescriptionOfTheModelOrOtherPricesMeanNewAnswers() {
        Client client = mesh().client(tenant(false));
        mesh().publishBeside(dated("0.15", 128_000));
        String body = body("Name a gulf", "").replace(Mesh.MODEL, DATED);
        Eventually.passes(PATIENCE, () -> assertThat(client.chat(body).status()).isEqualTo(200));
        assertThat(client.chat(body).header("x-cache")).isEqualTo("hit");
        mesh().publishBeside(dated("0.15", 64_000));
        nextIsNew(client, body);
        mesh().publishBeside(dated("0.30", 64_000));
        nextIsNew(client, body);
    }

    private static PriceBookSnapshot dated(String textIn, int contextWindow) {
        return new PriceBookSnapshot(
                "dated",
                "test",
                LocalDate.of(2026, 11, 1),
                List.of(new Model("openai", DATED, "chat", contextWindow, 16_384, 1_721_172_741)),
                List.of(rule(Meter.TEXT_IN, textIn), rule(Meter.TEXT_OUT, "0.60")),
                Mesh.version());
    }

    private static Rule rule(Meter meter, String perMillion) {
        return new Rule(
                DATED + "/" + meter.wireName(),
                "openai",
                DATED,
                meter,
                Rate.perMillion(perMillion),
                "standard",
                0,
                Instant.EPOCH,
                null);
    }

    @Test
    default void aBatchFillsTheCacheOfItsTenantAndOfNoOther() {
        TenantSnapshot tenant = tenant(true);
        FileClient files = FileClient.of(mesh().client(tenant));
        String lines = BatchCalls.line("a", CHAT, body("Name a moor", ""))
                + BatchCalls.line("b", CHAT, body("Name a heath", ""));
        FileClient.Answer ordered =
                files.post("/v1/batches", order(files.uploaded(lines), CHAT), "x-weir-cache", "refresh");
        assertThat(ordered.status()).as(ordered.body()).isEqualTo(200);
        JsonNode batch = BatchCalls.over(files, ordered.id());
        assertThat(batch.path("request_counts").path("completed").asInt()).isEqualTo(2);
        int asked = asked();
        Client client = mesh().client(tenant);
        Answer given = Eventually.value(
                PATIENCE,
                () -> client.chat(body("Name a moor", "")),
                answer -> answer.header("x-cache").equals("hit"));
        assertThat(given.header("x-cost-usd")).isEqualTo("0");
        assertThat(client.chat(body("Please name a heath", "")).header("x-cache"))
                .isEqualTo("semantic");
        assertThat(asked()).isEqualTo(asked);
        assertThat(mesh().client(tenant(true)).chat(body("Name a moor", "")).header("x-cache"))
                .isEqualTo("miss");
        List<Settled> bought = mesh().ledger().of(tenant.tenantId()).stream()
                .filter(event ->
                        event instanceof Settled settled && !settled.attempts().isEmpty())
                .map(Settled.class::cast)
                .toList();
        assertThat(bought)
                .hasSize(2)
                .allSatisfy(each ->
                        assertThat(each.attempts().getFirst().serviceTier()).isEqualTo("weir_batch"));
    }

    @Test
    default void aBatchThatCannotFillACacheIsRefused() {
        FileClient without = FileClient.of(mesh().client(mesh().tenant()));
        String file = without.uploaded(BatchCalls.line("a", CHAT, body("Name a fen", "")));
        FileClient.Answer none = without.post("/v1/batches", order(file, CHAT), "x-weir-cache", "refresh");
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.param()).isEqualTo("x-weir-cache");
        FileClient with = FileClient.of(mesh().client(tenant(false)));
        String other = with.uploaded(BatchCalls.line("a", CHAT, body("Name a fen", "")));
        for (String[] wrong : new String[][] {{"/v1/embeddings", "refresh"}, {CHAT, "never"}}) {
            FileClient.Answer refused = with.post("/v1/batches", order(other, wrong[0]), "x-weir-cache", wrong[1]);
            assertThat(refused.status()).as(refused.body()).isEqualTo(400);
            assertThat(refused.param()).isEqualTo("x-weir-cache");
        }
    }

    private static String order(String file, String endpoint) {
        return "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + endpoint + "\",\"completion_window\":\"24h\"}";
    }
}
