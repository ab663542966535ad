package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.UsageEvent.OfRequest;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Amount;
import io.weir.money.Rate;
import io.weir.orchestration.FileClient.Answer;
import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What holds of batches, in the context of another test.
interface BatchCalls {

    Duration PATIENCE = Duration.ofMinutes(2);
    String CHAT = "/v1/chat/completions";
    Set<String> OVER = Set.of("completed", "failed", "expired", "cancelled");

    Mesh mesh();

    static String line(String id, String url, String body) {
        return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"" + url + "\",\"body\":" + body + "}\n";
    }

    static String chats(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> line("line-" + i, CHAT, Client.hello(Mesh.MODEL)))
                .collect(Collectors.joining());
    }

    static Answer order(FileClient client, String endpoint, String file) {
        return client.post(
                "/v1/batches",
                "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + endpoint
                        + "\",\"completion_window\":\"24h\",\"metadata\":{\"for\":\"a test\"}}");
    }

    static String ordered(FileClient client, String endpoint, String content) {
        Answer answer = order(client, endpoint, client.uploaded(content));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("status").asString()).isEqualTo("validating");
        return answer.id();
    }

    static JsonNode over(FileClient client, String batch) {
        return Eventually.value(
                PATIENCE,
                () -> client.get("/v1/batches/" + batch).json(),
                shown -> OVER.contains(shown.path("status").asString()));
    }

    /// The lines of a batch's files by their custom id; none of them is there twice.
    static Map<String, JsonNode> results(FileClient client, JsonNode batch) {
        Map<String, JsonNode> results = new HashMap<>();
        for (String file : List.of("output_file_id", "error_file_id")) {
            String id = batch.path(file).asString("");
            if (!id.isEmpty()) {
                client.get("/v1/files/" + id + "/content")
                        .body()
                        .lines()
                        .map(JsonMapper.shared()::readTree)
                        .forEach(line -> assertThat(
                                        results.put(line.path("custom_id").asString(), line))
                                .isNull());
            }
        }
        return results;
    }

    private static JsonNode body(Map<String, JsonNode> results, String id) {
        return Objects.requireNonNull(results.get(id)).path("response").path("body");
    }

    private FileClient client(TenantSnapshot tenant) {
        return FileClient.of(mesh().client(tenant));
    }

    private List<Settled> settled(TenantSnapshot tenant) {
        return mesh().ledger().of(tenant.tenantId()).stream()
                .filter(Settled.class::isInstance)
                .map(Settled.class::cast)
                .toList();
    }

    @Test
    default void everyLineIsAnsweredOnceAndBilledAtHalfThePrice() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = client(tenant);
        String id = ordered(client, CHAT, chats(120));
        JsonNode batch = over(client, id);
        assertThat(batch.path("status").asString()).as(batch.toString()).isEqualTo("completed");
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":120,\"completed\":120,\"failed\":0}");
        assertThat(batch.path("error_file_id").isNull()).isTrue();
        assertThat(batch.path("metadata").path("for").asString()).isEqualTo("a test");
        Map<String, JsonNode> results = results(client, batch);
        assertThat(results).hasSize(120);
        Map<String, Settled> books =
                settled(tenant).stream().collect(Collectors.toMap(OfRequest::requestId, each -> each));
        assertThat(books).hasSize(120);
        results.values().forEach(line -> {
            JsonNode response = line.path("response");
            assertThat(response.path("status_code").asInt()).isEqualTo(200);
            assertThat(response.path("body").path("object").asString()).isEqualTo("chat.completion");
            Settled settled =
                    Objects.requireNonNull(books.get(response.path("request_id").asString()));
            Attempt attempt = settled.attempts().getLast();
            assertThat(attempt.serviceTier()).isEqualTo("weir_batch");
            assertThat(attempt.lines())
                    .allSatisfy(priced -> assertThat(priced.ruleId()).endsWith("/half"));
            JsonNode usage = response.path("body").path("usage");
            // 0.15 and 0.60 dollars per million tokens, at half.
            assertThat(settled.cost())
                    .isEqualTo(Rate.of("0.000000075")
                            .times(usage.path("prompt_tokens").asLong())
                            .plus(Rate.of("0.0000003")
                                    .times(usage.path("completion_tokens").asLong())));
        });
        Answer output = client.get("/v1/files/" + batch.path("output_file_id").asString());
        assertThat(output.json().path("purpose").asString()).isEqualTo("batch_output");
        assertThat(client(mesh().tenant()).get("/v1/batches/" + id).status()).isEqualTo(404);
    }

    @Test
    default void embeddingsAndResponsesRunToo() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = client(tenant);
        String embeddings = ordered(
                client,
                "/v1/embeddings",
                line("e", "/v1/embeddings", "{\"model\":\"text-embedding-3-small\",\"input\":\"a text\"}"));
        String responses = ordered(
                client,
                "/v1/responses",
                line("r", "/v1/responses", "{\"model\":\"" + Mesh.MODEL + "\",\"input\":\"Hello\",\"store\":false}"));
        Map<String, JsonNode> vectors = results(client, over(client, embeddings));
        assertThat(body(vectors, "e").path("data").path(0).path("embedding"))
                .as(vectors.toString())
                .isNotEmpty();
        Map<String, JsonNode> answers = results(client, over(client, responses));
        assertThat(body(answers, "r").path("object").asString())
                .as(answers.toString())
                .isEqualTo("response");
        assertThat(settled(tenant))
                .hasSize(2)
                .allSatisfy(each ->
                        assertThat(each.attempts().getLast().serviceTier()).isEqualTo("weir_batch"));
    }

    @Test
    default void whatCannotRunHasAnErrorLineAndTheRestRuns() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = client(tenant);
        JsonNode batch = over(
                client,
                ordered(
                        client,
                        CHAT,
                        line("good", CHAT, Client.hello(Mesh.MODEL))
                                + "\r\n"
                                + line("unknown", CHAT, Client.hello("no-such-model"))
                                + line("empty", CHAT, "{}")
                                + line("stream", CHAT, Client.streaming(""))
                                + line(
                                                "tier",
                                                CHAT,
                                                "{\"model\":\"" + Mesh.MODEL
                                                        + "\",\"service_tier\":\"priority\",\"messages\":[]}")
                                        .stripTrailing()));
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":5,\"completed\":1,\"failed\":4}");
        assertThat(batch.path("status").asString()).isEqualTo("completed");
        Map<String, JsonNode> results = results(client, batch);
        Map<String, Integer> statuses = new HashMap<>();
        results.forEach((id, line) ->
                statuses.put(id, line.path("response").path("status_code").asInt()));
        assertThat(statuses).isEqualTo(Map.of("good", 200, "unknown", 404, "empty", 400, "stream", 400, "tier", 400));
        assertThat(body(results, "stream").path("error").path("param").asString())
                .isEqualTo("stream");
        assertThat(settled(tenant)).hasSize(1);
    }

    @Test
    default void aFileWithFaultsIsRefusedLineByLine() {
        FileClient client = client(mesh().tenant());
        String good = line("one", CHAT, "{}");
        JsonNode batch = over(
                client,
                ordered(
                        client,
                        CHAT,
                        good
                                + "not json\n"
                                + good
                                + line("two", "/v1/embeddings", "{}")
                                + "{\"custom_id\":\"three\",\"method\":\"GET\",\"url\":\"" + CHAT + "\",\"body\":{}}\n"
                                + "{\"custom_id\":7,\"method\":\"POST\",\"url\":\"" + CHAT + "\",\"body\":{}}\n"
                                + "{\"custom_id\":\"five\",\"method\":\"POST\",\"url\":\"" + CHAT + "\"}\n"
                                + "[".repeat(3_000) + "\n"
                                + "x".repeat(300_000) + "\n"));
        assertThat(batch.path("status").asString()).isEqualTo("failed");
        assertThat(batch.path("failed_at").isNull()).isFalse();
        assertThat(batch.path("errors")
                        .path("data")
                        .valueStream()
                        .map(fault -> fault.path("line").asInt() + " "
                                + fault.path("code").asString()))
                .containsExactly(
                        "2 invalid_json_line",
                        "3 duplicate_custom_id",
                        "4 mismatched_url",
                        "5 invalid_method",
                        "6 missing_required_parameter",
                        "7 missing_required_parameter",
                        "8 invalid_json_line",
                        "9 line_too_long");
        assertThat(over(client, ordered(client, CHAT, "\n \n"))
                        .path("errors")
                        .path("data")
                        .path(0)
                        .path("code")
                        .asString())
                .isEqualTo("empty_file");
    }

    @Test
    default void whatIsNoOrderIsRefusedByItsField() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = client(tenant);
        String file = client.uploaded(chats(1));
        assertThat(order(client, "/v1/images", file).param()).isEqualTo("endpoint");
        assertThat(order(client, CHAT, "file-1").param()).isEqualTo("input_file_id");
        assertThat(order(client(mesh().tenant()), CHAT, file).param()).isEqualTo("input_file_id");
        String rest = "\"endpoint\":\"" + CHAT + "\",\"input_file_id\":\"" + file + "\"";
        assertThat(client.post("/v1/batches", "{" + rest + "}").param()).isEqualTo("completion_window");
        assertThat(client.post("/v1/batches", "{" + rest + ",\"completion_window\":\"1h\"}")
                        .param())
                .isEqualTo("completion_window");
        assertThat(client.post("/v1/batches", "{" + rest + ",\"completion_window\":\"24h\",\"metadata\":{\"a\":1}}")
                        .param())
                .isEqualTo("metadata");
        assertThat(client.post("/v1/batches", "[]").status()).isEqualTo(400);
        assertThat(client.get("/v1/batches/batch_1").status()).isEqualTo(404);
        assertThat(client.post("/v1/batches/batch_" + "0".repeat(32) + "/cancel", "")
                        .status())
                .isEqualTo(404);
        assertThat(client.get("/v1/batches").json().path("data")).isEmpty();
    }

    @Test
    default void aProviderThatFailsIsAskedAgainUntilItDoesNot() {
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = client(tenant);
        mesh().provider().behave("{\"errorRate\": 1, \"errorStatus\": 503}");
        String id = ordered(client, CHAT, chats(30));
        mesh().ledger().await(tenant.tenantId(), 4);
        mesh().provider().behaveWell();
        JsonNode batch = over(client, id);
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":30,\"completed\":30,\"failed\":0}");
        assertThat(results(client, batch)).hasSize(30);
        assertBooked(tenant, 30);
    }

    /// Every hold of the tenant is resolved once, and as many calls are settled as completed as lines
    /// are.
    private void assertBooked(TenantSnapshot tenant, int completed) {
        List<OfRequest> events = mesh().ledger().of(tenant.tenantId());
        Set<String> open = new HashSet<>();
        for (OfRequest event : events) {
            if (event.type().contains("held")) {
                open.add(event.requestId());
            } else {
                assertThat(open.remove(event.requestId())).as(event.requestId()).isTrue();
            }
        }
        assertThat(open).isEmpty();
        assertThat(settled(tenant).stream().filter(Settled::billable)).hasSize(completed);
    }

    @Test
    default void linesBeyondTheBudgetHaveAnErrorLine() {
        TenantSnapshot tenant = mesh().tenant(Amount.of("0.05"), TenantSettings.DEFAULTS);
        mesh().budget(tenant, "0.0000001");
        FileClient client = client(tenant);
        JsonNode batch = over(client, ordered(client, CHAT, chats(3)));
        assertThat(batch.path("request_counts").path("failed").asInt()).isEqualTo(3);
        results(client, batch).values().forEach(line -> {
            assertThat(line.path("response").path("status_code").asInt()).isEqualTo(429);
            assertThat(line.path("response")
                            .path("body")
                            .path("error")
                            .path("code")
                            .asString())
                    .isEqualTo("budget_exceeded");
        });
        assertThat(settled(tenant)).isEmpty();
    }

    @Test
    default void whatIsCancelledInTheMiddleHasALineForEveryRequestAll() {
        mesh().provider().behave("{\"latencyMs\": 200}");
        TenantSnapshot tenant = mesh().tenant();
        FileClient client = client(tenant);
        String id = ordered(client, CHAT, chats(400));
        Eventually.value(
                PATIENCE,
                () -> client.get("/v1/batches/" + id).json(),
                shown -> shown.path("request_counts").path("completed").asInt() > 5);
        String input =
                client.get("/v1/batches/" + id).json().path("input_file_id").asString();
        assertThat(client.delete("/v1/files/" + input).status()).isEqualTo(409);
        assertThat(client(mesh().tenant())
                        .post("/v1/batches/" + id + "/cancel", "")
                        .status())
                .isEqualTo(404);
        Answer cancelled = client.post("/v1/batches/" + id + "/cancel", "");
        assertThat(cancelled.json().path("status").asString())
                .as(cancelled.body())
                .isEqualTo("cancelling");
        JsonNode batch = over(client, id);
        assertThat(batch.path("status").asString()).isEqualTo("cancelled");
        assertThat(client.post("/v1/batches/" + id + "/cancel", "").status()).isEqualTo(200);
        Map<String, JsonNode> results = results(client, batch);
        assertThat(results).hasSize(400);
        long unrun = results.values().stream()
                .filter(line -> line.path("error").path("code").asString("").equals("batch_cancelled"))
                .count();
        assertThat(unrun)
                .isPositive()
                .isEqualTo(batch.path("request_counts").path("failed").asInt());
        assertBooked(tenant, (int) (400 - unrun));
        assertThat(client.delete("/v1/files/" + input).status()).isEqualTo(200);
    }
}
