package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.dialect.SseSplitter;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Messages API against a model of each provider.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessagesIT {

    private static final String PATH = "/v1/messages";
    private static final String COUNT = PATH + "/count_tokens";
    private static final String WEATHER = "{\"name\":\"get_weather\",\"description\":\"Weather of a place\","
            + "\"input_schema\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
            + "\"required\":[\"city\"],\"additionalProperties\":false}}";

    private final Mesh mesh = Mesh.start("weir.upstream.attempts=1");

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    private static String request(String model, String more) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":400," + more
                + "\"system\":\"Be brief.\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello there\"}]}";
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aPlainAnswerIsAMessageAndSettledAsItSays(String model) {
        mesh.provider().behave("{\"cachedTokens\": 4}");
        TenantSnapshot tenant = mesh.tenant();
        HttpResponse<String> answer = mesh.client(tenant).post(PATH, request(model, ""));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode message = json(answer);
        assertThat(message.path("id").asString()).startsWith("msg_");
        assertThat(message.path("type").asString()).isEqualTo("message");
        assertThat(message.path("role").asString()).isEqualTo("assistant");
        assertThat(message.path("model").asString()).startsWith(model);
        assertThat(message.at("/content/0/type").asString()).isEqualTo("text");
        assertThat(message.at("/content/0/text").asString()).isNotBlank();
        assertThat(message.path("stop_reason").asString()).isEqualTo("end_turn");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertTold(message.path("usage"), settled);
        assertThat(message.at("/usage/cache_read_input_tokens").asLong()).isEqualTo(4);
        assertThat(answer.headers().firstValue("x-cost-usd"))
                .hasValue(settled.cost().toPlainString());
        assertThat(answer.headers().firstValue("x-served-model")).hasValue(model);
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aStreamIsTheEventsOfAMessageAndSettledAsItSays(String model) {
        TenantSnapshot tenant = mesh.tenant();
        List<JsonNode> events = events(mesh.client(tenant).post(PATH, request(model, "\"stream\":true,")));

        // Anthropic's own streams have pings, which may come at any time.
        assertThat(types(events).stream().distinct().filter(type -> !type.equals("ping")))
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.getFirst().at("/message/id").asString()).startsWith("msg_");
        assertThat(joined(events, "text")).isNotBlank();
        JsonNode end = events.get(events.size() - 2);
        assertThat(end.at("/delta/stop_reason").asString()).isEqualTo("end_turn");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertTold(end.path("usage"), settled);
        assertThat(end.at("/usage/x_cost_usd").asString())
                .isEqualTo(settled.cost().toPlainString());
    }

    @Test
    void whatOnlyAnthropicsModelsKnowIsLeftOutForOthersWithAWarning() {
        String more = "\"top_k\":5,\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},";
        HttpResponse<String> answer = mesh.client(mesh.tenant())
                .post(PATH, request(Mesh.MODEL, more).replace("\"max_tokens\":400", "\"max_tokens\":2000"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("x-weir-warnings"))
                .hasValue("dropped 'top_k', dropped 'reasoning_effort'");
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aToolIsCalledPlainAndStreamedAndItsResultAnswered(String model) {
        Client client = mesh.client(mesh.tenant());
        String tools = "\"tools\":[" + WEATHER + "],\"tool_choice\":{\"type\":\"any\"},";
        List<JsonNode> events = events(client.post(PATH, request(model, "\"stream\":true," + tools)));
        assertThat(JsonMapper.shared()
                        .readTree(joined(events, "partial_json"))
                        .path("city")
                        .isString())
                .isTrue();
        assertThat(events.get(events.size() - 2).at("/delta/stop_reason").asString())
                .isEqualTo("tool_use");

        JsonNode asked = json(client.post(PATH, request(model, tools)));
        assertThat(asked.path("stop_reason").asString()).isEqualTo("tool_use");
        JsonNode use = asked.path("content").path(asked.path("content").size() - 1);
        assertThat(use.path("type").asString()).isEqualTo("tool_use");
        assertThat(use.at("/input/city").isString()).isTrue();

        HttpResponse<String> answered = client.post(
                PATH,
                "{\"model\":\"" + model + "\",\"max_tokens\":100,\"tools\":[" + WEATHER
                        + "],\"messages\":[{\"role\":\"user\",\"content\":\"Weather?\"},{\"role\":\"assistant\",\"content\":"
                        + asked.path("content") + "},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\","
                        + "\"tool_use_id\":\"" + use.path("id").asString() + "\",\"content\":\"18 degrees\"}]}]}");
        assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"stream\":true,"})
    void whatOnlyAnthropicTakesReachesItAndItsOwnWordsComeBack(String stream) {
        TenantSnapshot tenant = mesh.tenant();
        String asked = request(Mesh.CLAUDE, stream + "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":1024},")
                .replace("400", "2000");
        HttpResponse<String> answer = mesh.client(tenant).post(PATH, asked);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode usage = stream.isEmpty()
                ? json(answer).path("usage")
                : events(answer).get(events(answer).size() - 2).path("usage");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(usage.path("output_tokens").asLong())
                .isEqualTo(settled.attempts().getLast().buckets().output());
        assertThat(usage.at("/output_tokens_details/thinking_tokens").asLong()).isPositive();
    }

    @Test
    void theLimitOfAnAnswerHoldsAndSaysSo() {
        mesh.provider().behave("{\"outputTokens\": 500}");
        JsonNode message = json(
                mesh.client(mesh.tenant()).post(PATH, request(Mesh.MODEL, "").replace("400", "40")));
        assertThat(message.path("stop_reason").asString()).isEqualTo("max_tokens");
        assertThat(message.at("/usage/output_tokens").asLong()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE})
    void aStreamThatBreaksOffEndsWithAnErrorAndIsSettledAsFarAsItCame(String model) {
        mesh.provider().behave("{\"cutAfterChunks\": 10, \"outputTokens\": 200, \"reasoningTokens\": 0}");
        TenantSnapshot tenant = mesh.tenant();
        List<JsonNode> events = events(mesh.client(tenant).post(PATH, request(model, "\"stream\":true,")));
        assertThat(types(events)).startsWith("message_start").doesNotContain("message_delta", "message_stop");
        assertThat(types(events).getLast()).isEqualTo("error");
        assertThat(events.getLast().at("/error/type").asString()).isEqualTo("api_error");
        assertThat(events.getLast().path("request_id").asString()).isNotBlank();
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(settled.attempts().getLast().buckets().of(Meter.TEXT_OUT)).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "400, 502, api_error",
        "401, 502, api_error",
        "429, 429, rate_limit_error",
        "500, 502, api_error",
        "503, 502, api_error"
    })
    void aProvidersRefusalIsToldAsAnthropicTellsIt(int theirs, int ours, String type) {
        mesh.provider().behave("{\"errorRate\": 1, \"errorStatus\": " + theirs + "}");
        HttpResponse<String> refused = mesh.client(mesh.tenant()).post(PATH, request(Mesh.GEMINI, ""));
        if (theirs != 400) {
            assertRefused(refused, ours, type);
        } else {
            assertThat(json(refused).path("type").asString()).isEqualTo("error");
        }
    }

    @Test
    void whatIsWrongIsToldAsAnthropicTellsIt() {
        Client client = mesh.client(mesh.tenant());
        assertThat(assertRefused(client.post(PATH, "{"), 400, "invalid_request_error"))
                .contains("JSON");
        assertThat(assertRefused(
                        client.post(PATH, request(Mesh.MODEL, "").replace("400", "0")), 400, "invalid_request_error"))
                .startsWith("max_tokens: ");
        assertThat(assertRefused(
                        client.post(PATH, request(Mesh.MODEL, "").replace("400", "999999")),
                        400,
                        "invalid_request_error"))
                .contains("'max_tokens'")
                .doesNotContain("max_completion_tokens");
        assertThat(assertRefused(client.post(PATH, request("gpt-4o-minni", "")), 404, "not_found_error"))
                .contains("gpt-4o-mini");
        assertRefused(client.get(PATH), 405, "invalid_request_error");
        assertRefused(client.get(PATH + "/batches"), 404, "not_found_error");
        assertRefused(mesh.client().post(PATH, request(Mesh.MODEL, "")), 401, "authentication_error");
        String long_ = "water ".repeat(130_000);
        assertThat(assertRefused(
                        client.post(PATH, request(Mesh.MODEL, "").replace("Hello there", long_)),
                        400,
                        "invalid_request_error"))
                .startsWith("prompt is too long");
    }

    @Test
    void tokensAreCountedForNothing() {
        TenantSnapshot tenant = mesh.tenant();
        Client client = mesh.client(tenant);
        String body = request(Mesh.MODEL, "").replace("\"max_tokens\":400,", "");
        HttpResponse<String> counted = client.post(COUNT, body);
        assertThat(counted.statusCode()).as(counted.body()).isEqualTo(200);
        assertThat(mesh.ledger().of(tenant.tenantId())).isEmpty();

        JsonNode message = json(client.post(PATH, request(Mesh.MODEL, "")));
        assertThat(json(counted).toString())
                .isEqualTo(
                        "{\"input_tokens\":" + message.at("/usage/input_tokens").asLong() + "}");
        assertRefused(client.post(COUNT, body.replace(Mesh.MODEL, "gpt-4o-minni")), 404, "not_found_error");
        assertRefused(client.post(COUNT, "{}"), 400, "invalid_request_error");
        assertRefused(client.get(COUNT), 405, "invalid_request_error");
        assertRefused(mesh.client().post(COUNT, body), 401, "authentication_error");
    }

    private static void assertTold(JsonNode usage, Settled settled) {
        Quantities buckets = settled.attempts().getLast().buckets();
        assertThat(settled.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(usage.path("input_tokens").asLong()).isEqualTo(buckets.of(Meter.TEXT_IN));
        assertThat(usage.path("cache_read_input_tokens").asLong()).isEqualTo(buckets.of(Meter.TEXT_IN_CACHED));
        assertThat(usage.path("output_tokens").asLong()).isEqualTo(buckets.output());
    }

    private static String assertRefused(HttpResponse<String> answer, int status, String type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("type").asString()).isEqualTo("error");
        assertThat(json(answer).at("/error/type").asString()).isEqualTo(type);
        assertThat(json(answer).path("request_id").asString()).isNotBlank();
        assertThat(answer.headers().firstValue("request-id"))
                .hasValue(json(answer).path("request_id").asString());
        return json(answer).at("/error/message").asString();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static List<JsonNode> events(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new SseSplitter()
                .feed(answer.body().getBytes(StandardCharsets.UTF_8)).stream()
                        .map(event -> JsonMapper.shared().readTree(event.data()))
                        .toList();
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").asString()).toList();
    }

    private static String joined(List<JsonNode> events, String field) {
        return events.stream()
                .map(event -> event.path("delta").path(field).asString(""))
                .collect(Collectors.joining());
    }
}
