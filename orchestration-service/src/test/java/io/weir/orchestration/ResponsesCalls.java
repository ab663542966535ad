package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Quantities;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Responses API against a model of each provider, in the context of another test.
interface ResponsesCalls {

    String RESPONSES = "/v1/responses";
    String GET_WEATHER =
            "\"tools\":[{\"type\":\"function\",\"name\":\"get_weather\",\"parameters\":{\"type\":\"object\","
                    + "\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}}],";

    Mesh mesh();

    private static String asking(String model, String more) {
        return "{\"model\":\"" + model + "\"," + more + "\"instructions\":\"Be brief.\",\"input\":\"Hello there\"}";
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    default void aResponseIsWholeAndSettledAsItSays(String model) {
        TenantSnapshot tenant = mesh().tenant();
        HttpResponse<String> answer = mesh().client(tenant).post(RESPONSES, asking(model, ""));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode response = JsonMapper.shared().readTree(answer.body());
        String requestId = answer.headers().firstValue("x-request-id").orElseThrow();
        assertThat(response.path("id").asString()).isEqualTo("resp_" + requestId);
        assertThat(response.path("status").asString()).isEqualTo("completed");
        assertThat(response.path("model").asString()).startsWith(model);
        assertThat(response.at("/output/0/content/0/text").asString()).isNotBlank();
        assertThat(response.path("instructions").asString()).isEqualTo("Be brief.");
        Settled settled = mesh().ledger().settled(tenant.tenantId());
        assertTold(response, settled);
        assertThat(answer.headers().firstValue("x-cost-usd"))
                .hasValue(settled.cost().toPlainString());
        assertThat(answer.headers().firstValue("x-served-model")).hasValue(model);
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    default void aResponseIsStreamedAndSettledAsItsLastEventSays(String model) {
        TenantSnapshot tenant = mesh().tenant();
        List<JsonNode> events = events(mesh().client(tenant).post(RESPONSES, asking(model, "\"stream\":true,")));

        assertThat(events.stream().map(ResponsesCalls::type).distinct())
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        JsonNode response = events.getLast().path("response");
        assertThat(response.at("/output/0/content/0/text").asString())
                .isNotBlank()
                .isEqualTo(deltas(events));
        Settled settled = mesh().ledger().settled(tenant.tenantId());
        assertTold(response, settled);
        assertThat(response.path("x_cost_usd").asString())
                .isEqualTo(settled.cost().toPlainString());
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    default void aFunctionIsCalledAndItsOutputAnswered(String model) {
        Client client = mesh().client(mesh().tenant());
        String tools = GET_WEATHER + "\"tool_choice\":\"required\",";
        JsonNode streamed = events(client.post(RESPONSES, asking(model, "\"stream\":true," + tools)))
                .getLast()
                .path("response");
        assertCalls(last(streamed));
        JsonNode plain = JsonMapper.shared()
                .readTree(client.post(RESPONSES, asking(model, tools)).body());
        JsonNode call = last(plain);
        assertCalls(call);

        HttpResponse<String> answered = client.post(
                RESPONSES,
                "{\"model\":\"" + model + "\"," + GET_WEATHER + "\"tool_choice\":\"none\",\"input\":["
                        + "{\"role\":\"user\",\"content\":\"Weather?\"},"
                        + plain.path("output")
                                .valueStream()
                                .map(JsonNode::toString)
                                .collect(Collectors.joining(","))
                        + ",{\"type\":\"function_call_output\",\"output\":\"Rain.\",\"call_id\":\""
                        + call.path("call_id").asString() + "\"}]}");
        assertThat(answered.statusCode()).as(answered.body()).isEqualTo(200);
        assertThat(JsonMapper.shared()
                        .readTree(answered.body())
                        .at("/output/0/content/0/text")
                        .asString())
                .isNotBlank();
    }

    @Test
    default void aResponseThatReachesItsLimitIsIncomplete() {
        mesh().provider().behave("{\"outputTokens\": 100}");
        Client client = mesh().client(mesh().tenant());
        String limited = "\"max_output_tokens\":7,";
        JsonNode plain = JsonMapper.shared()
                .readTree(client.post(RESPONSES, asking(Mesh.MODEL, limited)).body());
        List<JsonNode> events = events(client.post(RESPONSES, asking(Mesh.MODEL, limited + "\"stream\":true,")));
        assertThat(type(events.getLast())).isEqualTo("response.incomplete");
        assertThat(List.of(plain, events.getLast().path("response"))).allSatisfy(response -> {
            assertThat(response.path("status").asString()).isEqualTo("incomplete");
            assertThat(response.at("/incomplete_details/reason").asString()).isEqualTo("max_output_tokens");
            assertThat(response.at("/usage/output_tokens").asInt()).isEqualTo(7);
        });
    }

    @Test
    default void aStreamThatBreaksOffFailsWithWhatItHadAndIsSettled() {
        mesh().provider().behave("{\"cutAfterChunks\": 10, \"outputTokens\": 200, \"reasoningTokens\": 0}");
        TenantSnapshot tenant = mesh().tenant();
        List<JsonNode> events = events(mesh().client(tenant).post(RESPONSES, asking(Mesh.MODEL, "\"stream\":true,")));

        assertThat(events.stream().map(ResponsesCalls::type)).endsWith("error", "response.failed");
        JsonNode error = events.get(events.size() - 2);
        assertThat(error.path("code").asString()).isEqualTo("upstream_error");
        assertThat(error.path("message").asString()).contains("request id");
        JsonNode response = events.getLast().path("response");
        assertThat(response.path("status").asString()).isEqualTo("failed");
        assertThat(response.at("/output/0/content/0/text").asString())
                .isNotBlank()
                .isEqualTo(deltas(events));
        assertThat(mesh().ledger().settled(tenant.tenantId()).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    default void aBodyOfTheResponsesApiIsAnsweredInItsFormOnThePathOfChats() {
        Client client = mesh().client(mesh().tenant());
        JsonNode response = JsonMapper.shared()
                .readTree(client.post("/v1/chat/completions", asking(Mesh.MODEL, ""))
                        .body());
        assertThat(response.path("object").asString()).isEqualTo("response");
        assertThat(response.at("/output/0/content/0/text").asString()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"max_output_tokens\":999999,\"model\":\"gpt-4o\"|max_output_tokens",
                "\"text\":{\"format\":{\"type\":\"json_object\"}},\"model\":\"claude-sonnet-4-5\"|text.format",
                "\"tools\":[{\"type\":\"web_search\"}],\"model\":\"gpt-4o\"|tools[0].type",
                "\"previous_response_id\":\"resp_1\",\"model\":\"gpt-4o\"|previous_response_id",
                "\"background\":true,\"model\":\"gpt-4o\"|background",
            })
    default void whatCannotBeDoneIsNamedAsThisApiNamesIt(String fields, String param) {
        HttpResponse<String> answer =
                mesh().client(mesh().tenant()).post(RESPONSES, "{" + fields + ",\"input\":\"Hi\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).contains("'" + param + "'");
    }

    @Test
    default void whatIsNotStoredIsNotFoundAndAWrongMethodIsRefused() {
        Client client = mesh().client(mesh().tenant());
        assertThat(client.get(RESPONSES).statusCode()).isEqualTo(405);
        HttpResponse<String> gone = client.get(RESPONSES + "/resp_1");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body()).contains("\"error\"", "not found");
    }

    private static void assertTold(JsonNode response, Settled settled) {
        Quantities buckets = settled.attempts().getLast().buckets();
        assertThat(settled.cost().isZero()).isFalse();
        assertThat(response.at("/usage/input_tokens").asLong()).isEqualTo(buckets.input());
        assertThat(response.at("/usage/output_tokens").asLong()).isEqualTo(buckets.output());
        assertThat(response.at("/usage/total_tokens").asLong()).isEqualTo(buckets.input() + buckets.output());
    }

    private static void assertCalls(JsonNode item) {
        assertThat(item.path("type").asString()).as(item.toString()).isEqualTo("function_call");
        assertThat(item.path("call_id").asString()).isNotBlank();
        assertThat(item.path("name").asString()).isEqualTo("get_weather");
        assertThat(JsonMapper.shared()
                        .readTree(item.path("arguments").asString())
                        .path("city")
                        .isString())
                .isTrue();
    }

    private static JsonNode last(JsonNode response) {
        return response.path("output").path(response.path("output").size() - 1);
    }

    private static String type(JsonNode event) {
        return event.path("type").asString();
    }

    private static String deltas(List<JsonNode> events) {
        return events.stream()
                .filter(event -> type(event).equals("response.output_text.delta"))
                .map(event -> event.path("delta").asString())
                .collect(Collectors.joining());
    }

    private static List<JsonNode> events(HttpResponse<String> stream) {
        assertThat(stream.statusCode()).as(stream.body()).isEqualTo(200);
        return Stream.of(stream.body().split("\n"))
                .filter(line -> line.startsWith("data: "))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
    }
}
