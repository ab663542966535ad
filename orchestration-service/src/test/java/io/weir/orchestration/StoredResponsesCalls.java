package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.snapshots.catalog.TenantSettings;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Responses that are stored, gone on with, listed and removed, in the context of another test.
interface StoredResponsesCalls {

    Mesh mesh();

    private static String asking(String more) {
        return "{\"model\":\"" + Mesh.MODEL + "\"," + more + "\"input\":\"Hello there\"}";
    }

    private static JsonNode ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String id(JsonNode response) {
        return response.path("id").asString();
    }

    private static String path(JsonNode response) {
        return ResponsesCalls.RESPONSES + "/" + id(response);
    }

    private static List<JsonNode> events(HttpResponse<String> stream) {
        assertThat(stream.statusCode()).as(stream.body()).isEqualTo(200);
        return Stream.of(stream.body().split("\n"))
                .filter(line -> line.startsWith("data: "))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
    }

    private long rows(TenantSnapshot tenant) {
        return mesh().sql("SELECT count(*) FROM stored_response WHERE tenant_id = '" + tenant.tenantId() + "'");
    }

    @Test
    default void aResponseIsThereAsItWasUntilItIsDeletedAndForItsTenantAlone() {
        TenantSnapshot tenant = mesh().tenant();
        Client client = mesh().client(tenant);
        JsonNode response = ok(client.post(ResponsesCalls.RESPONSES, asking("")));
        assertThat(response.path("store").asBoolean()).isTrue();

        assertThat(ok(client.get(path(response)))).isEqualTo(response);
        assertThat(mesh().sql("SELECT count(*) FROM stored_response WHERE tenant_id = '" + tenant.tenantId()
                        + "' AND position('Hello' in encode(body, 'escape')) > 0"))
                .as("rows that can be read")
                .isZero();
        Client other = mesh().client(mesh().tenant());
        for (String more : List.of("", "/input_items", "?stream=true")) {
            assertThat(other.get(path(response) + more).statusCode()).isEqualTo(404);
        }
        assertThat(other.post(path(response) + "/cancel", "").statusCode()).isEqualTo(404);
        assertThat(other.delete(path(response)).statusCode()).isEqualTo(404);
        HttpResponse<String> foreign =
                other.post(ResponsesCalls.RESPONSES, asking("\"previous_response_id\":\"" + id(response) + "\","));
        assertThat(foreign.statusCode()).isEqualTo(400);
        assertThat(foreign.body()).contains("previous_response_id", "not found");

        HttpResponse<String> cancelled = client.post(path(response) + "/cancel", "");
        assertThat(cancelled.statusCode()).isEqualTo(400);
        JsonNode deleted = ok(client.delete(path(response)));
        assertThat(deleted.path("deleted").asBoolean()).isTrue();
        assertThat(client.get(path(response)).statusCode()).isEqualTo(404);
        assertThat(client.delete(path(response)).statusCode()).isEqualTo(404);
        assertThat(rows(tenant)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    default void aResponseGoesOnWithTheOnesBeforeIt(String model) {
        Client client = mesh().client(mesh().tenant());
        JsonNode first = ok(client.post(
                ResponsesCalls.RESPONSES,
                "{\"model\":\"" + model + "\"," + ResponsesCalls.GET_WEATHER
                        + "\"tool_choice\":\"required\",\"instructions\":\"Not told again.\",\"input\":\"Weather?\"}"));
        JsonNode call = first.path("output").path(first.path("output").size() - 1);
        assertThat(call.path("type").asString()).as(call.toString()).isEqualTo("function_call");

        List<JsonNode> events = events(client.post(
                ResponsesCalls.RESPONSES,
                "{\"model\":\"" + model + "\",\"stream\":true," + ResponsesCalls.GET_WEATHER
                        + "\"tool_choice\":\"none\",\"previous_response_id\":\"" + id(first) + "\",\"input\":[{"
                        + "\"type\":\"function_call_output\",\"output\":\"Rain.\",\"call_id\":\""
                        + call.path("call_id").asString() + "\"}]}"));
        JsonNode second = events.getLast().path("response");
        assertThat(second.path("previous_response_id").asString()).isEqualTo(id(first));
        assertThat(second.at("/usage/input_tokens").asInt())
                .isGreaterThan(first.at("/usage/input_tokens").asInt());

        JsonNode items = ok(client.get(path(second) + "/input_items?order=asc"));
        assertThat(items.path("data")
                        .valueStream()
                        .map(item -> item.path("type").asString()))
                .containsExactly("message", "function_call", "function_call_output");
        assertThat(items.at("/data/0/content/0/text").asString()).isEqualTo("Weather?");
        assertThat(items.toString()).doesNotContain("Not told again.");
        // What the first one said is still known when it is gone.
        ok(client.delete(path(first)));
        ok(client.post(ResponsesCalls.RESPONSES, asking("\"previous_response_id\":\"" + id(second) + "\",")));
    }

    @Test
    default void aStreamIsStoredBeforeItsLastEventAndToldAgainFromAnyNumber() {
        Client client = mesh().client(mesh().tenant());
        List<JsonNode> events = events(client.post(ResponsesCalls.RESPONSES, asking("\"stream\":true,")));
        JsonNode response = events.getLast().path("response");
        assertThat(ok(client.get(path(response)))).isEqualTo(response);

        List<JsonNode> again = events(client.get(path(response) + "?stream=true"));
        assertThat(again.stream().map(event -> event.path("type").asString()).distinct())
                .containsExactlyElementsOf(events.stream()
                        .map(event -> event.path("type").asString())
                        .distinct()
                        .toList());
        assertThat(again.getLast().path("response")).isEqualTo(response);
        for (int i = 0; i < again.size(); i++) {
            assertThat(again.get(i).path("sequence_number").asInt()).isEqualTo(i);
        }
        assertThat(events(client.get(path(response) + "?stream=true&starting_after=2")))
                .isEqualTo(again.subList(3, again.size()));
        assertThat(events(client.get(path(response) + "?stream=true&starting_after=900")))
                .singleElement()
                .isEqualTo(again.getLast());
    }

    @Test
    default void nothingIsStoredWhereTheRequestOrItsTenantWantsNone() {
        TenantSnapshot careful = mesh().tenant(null, TenantSettings.DEFAULTS.keeping(0));
        TenantSnapshot usual = mesh().tenant();
        JsonNode unwanted = ok(mesh().client(usual).post(ResponsesCalls.RESPONSES, asking("\"store\":false,")));
        JsonNode forbidden = ok(mesh().client(careful).post(ResponsesCalls.RESPONSES, asking("\"store\":true,")));
        assertThat(List.of(unwanted, forbidden))
                .allSatisfy(response ->
                        assertThat(response.path("store").asBoolean(true)).isFalse());
        assertThat(mesh().client(usual).get(path(unwanted)).statusCode()).isEqualTo(404);
        assertThat(mesh().client(careful).get(path(forbidden)).statusCode()).isEqualTo(404);
        assertThat(rows(usual) + rows(careful)).isZero();
    }

    @Test
    default void whatExpiredAndWhatIsOfAnErasedTenantGoes() {
        TenantSnapshot tenant = mesh().tenant();
        TenantSnapshot leaving = mesh().tenant();
        Client client = mesh().client(tenant);
        JsonNode old = ok(client.post(ResponsesCalls.RESPONSES, asking("")));
        JsonNode young = ok(client.post(ResponsesCalls.RESPONSES, asking("")));
        ok(mesh().client(leaving).post(ResponsesCalls.RESPONSES, asking("")));
        mesh().sql("UPDATE stored_response SET expires_at = now() - interval '1 second' WHERE response_id = '" + id(old)
                + "'");
        assertThat(client.get(path(old)).statusCode()).isEqualTo(404);
        mesh().erase(leaving);
        Eventually.passes(Duration.ofSeconds(30), () -> {
            assertThat(rows(tenant)).isEqualTo(1);
            assertThat(rows(leaving)).isZero();
        });
        ok(client.get(path(young)));
    }

    @Test
    default void inputItemsAreListedPageByPageInEitherOrder() {
        Client client = mesh().client(mesh().tenant());
        JsonNode response = ok(client.post(
                ResponsesCalls.RESPONSES,
                "{\"model\":\"" + Mesh.MODEL + "\",\"input\":[{\"role\":\"user\",\"content\":\"one\"},"
                        + "{\"role\":\"assistant\",\"content\":\"two\"},{\"role\":\"user\",\"content\":\"three\"}]}"));
        String items = path(response) + "/input_items";
        JsonNode all = ok(client.get(items + "?order=asc"));
        assertThat(all.path("data")
                        .valueStream()
                        .map(item -> item.at("/content/0/text").asString()))
                .containsExactly("one", "two", "three");
        assertThat(all.path("has_more").asBoolean()).isFalse();
        JsonNode newest = ok(client.get(items + "?limit=2"));
        assertThat(newest.path("data")
                        .valueStream()
                        .map(item -> item.at("/content/0/text").asString()))
                .containsExactly("three", "two");
        assertThat(newest.path("has_more").asBoolean()).isTrue();
        JsonNode rest =
                ok(client.get(items + "?limit=2&after=" + newest.path("last_id").asString()));
        assertThat(rest.path("data").size()).isEqualTo(1);
        assertThat(rest.path("first_id")).isEqualTo(all.path("first_id"));
        assertThat(rest.path("has_more").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/input_items?limit=0, limit",
        "/input_items?limit=x, limit",
        "/input_items?order=up, order",
        "/input_items?after=nobody, after",
        "?stream=perhaps, stream",
        "?starting_after=1, starting_after",
        "?stream=true&starting_after=x, starting_after",
    })
    default void whatIsAskedWronglyIsNamed(String query, String param) {
        Client client = mesh().client(mesh().tenant());
        JsonNode response = ok(client.post(ResponsesCalls.RESPONSES, asking("")));
        HttpResponse<String> answer = client.get(path(response) + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(JsonMapper.shared()
                        .readTree(answer.body())
                        .at("/error/param")
                        .asString())
                .isEqualTo(param);
    }

    @Test
    default void anIdOfNobodysIsNotFoundWhateverItLooksLike() {
        Client client = mesh().client(mesh().tenant());
        for (String id : List.of("resp_1", "x".repeat(500), "%00", "%27%20OR%201=1", "..%2F..%2Fmodels")) {
            HttpResponse<String> answer = client.get(ResponsesCalls.RESPONSES + "/" + id);
            assertThat(answer.statusCode()).as(id + answer.body()).isBetween(400, 404);
            assertThat(answer.body()).contains("\"error\"");
        }
    }
}
