package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Attempt.UsageSource;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Held;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.money.Quantities;
import io.weir.orchestration.Client.Answer;
import io.weir.snapshots.catalog.TenantSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The same requests through each provider.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherProvidersIT implements ResponsesCalls, StoredResponsesCalls, CompletionsCalls {

    private static final String WEATHER =
            "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"description\":\"Weather of a place\","
                    + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
                    + "\"required\":[\"city\"],\"additionalProperties\":false}}}";

    // What is on its way is read to its end, however slow the machine is.
    private final Mesh mesh = Mesh.start("weir.upstream.drain-timeout=10s", "weir.responses.sweep-every=300ms");

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

    private static String request(String model, String more) {
        return "{\"model\":\"" + model + "\"," + more + "\"messages\":["
                + "{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Hello there\"}]}";
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aPlainAnswerHasOneShapeAndCostsWhatTheProviderCounted(String model) {
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(request(model, ""));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        JsonNode body = answer.json();
        assertThat(body.path("object").asString()).isEqualTo("chat.completion");
        assertThat(body.path("id").asString()).isNotBlank();
        assertThat(body.path("created").asLong()).isPositive();
        assertThat(body.path("model").asString()).startsWith(model);
        assertThat(body.at("/choices/0/message/role").asString()).isEqualTo("assistant");
        assertThat(body.at("/choices/0/message/content").asString()).isNotBlank();
        assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.header("x-served-model")).isEqualTo(model);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertServedAsSettled(settled);
        Quantities buckets = settled.attempts().getLast().buckets();
        assertThat(body.at("/usage/prompt_tokens").asLong()).isEqualTo(buckets.input());
        assertThat(body.at("/usage/completion_tokens").asLong()).isEqualTo(buckets.output());
        assertThat(answer.header("x-cost-usd")).isEqualTo(settled.cost().toPlainString());
        assertThat(settled.cost().isZero()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aStreamHasOneShapeAndCostsWhatTheProviderCounted(String model) {
        TenantSnapshot tenant = mesh.tenant();
        List<String> lines = mesh.client(tenant)
                .lines(request(model, "\"stream\":true,\"stream_options\":{\"include_usage\":true},"));

        assertThat(lines.stream().filter(line -> !line.isBlank()).toList().getLast())
                .isEqualTo("data: [DONE]");
        List<JsonNode> chunks = chunks(lines);
        assertThat(chunks.stream().map(chunk -> chunk.path("id").asString()).distinct())
                .hasSize(1);
        assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(content(chunks)).isNotBlank();
        assertThat(finish(chunks)).containsExactly("stop");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertServedAsSettled(settled);
        Quantities buckets = settled.attempts().getLast().buckets();
        JsonNode usage = chunks.getLast().path("usage");
        assertThat(usage.path("prompt_tokens").asLong()).isEqualTo(buckets.input());
        assertThat(usage.path("completion_tokens").asLong()).isEqualTo(buckets.output());
        assertThat(chunks.getLast().path("choices").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aToolIsCalledAndItsResultAnswered(String model) {
        Client client = mesh.client(mesh.tenant());
        Answer asked = client.chat(request(model, "\"tools\":[" + WEATHER + "],\"tool_choice\":\"required\","));

        assertThat(asked.status()).as(asked.toString()).isEqualTo(200);
        JsonNode message = asked.json().at("/choices/0/message");
        assertThat(asked.json().at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
        JsonNode call = message.at("/tool_calls/0");
        assertThat(call.path("type").asString()).isEqualTo("function");
        assertThat(call.at("/function/name").asString()).isEqualTo("get_weather");
        assertThat(JsonMapper.shared()
                        .readTree(call.at("/function/arguments").asString())
                        .path("city")
                        .isString())
                .isTrue();

        Answer answered =
                client.chat("{\"model\":\"" + model + "\",\"tools\":[" + WEATHER + "],\"tool_choice\":\"none\","
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"Weather?\"}," + message
                        + ",{\"role\":\"tool\",\"tool_call_id\":\""
                        + call.path("id").asString() + "\",\"content\":\"18 degrees\"}]}");
        assertThat(answered.status()).as(answered.toString()).isEqualTo(200);
        assertThat(answered.json().at("/choices/0/message/content").asString()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.MODEL, Mesh.CLAUDE, Mesh.GEMINI})
    void aToolIsCalledInAStream(String model) {
        TenantSnapshot tenant = mesh.tenant();
        List<JsonNode> chunks = chunks(mesh.client(tenant)
                .lines(request(model, "\"stream\":true,\"tools\":[" + WEATHER + "],\"tool_choice\":\"required\",")));

        List<JsonNode> calls = chunks.stream()
                .flatMap(chunk -> chunk.at("/choices/0/delta/tool_calls").values().stream())
                .toList();
        assertThat(calls).allMatch(call -> call.path("index").asInt(-1) == 0);
        assertThat(calls.getFirst().path("id").asString()).isNotBlank();
        assertThat(calls.getFirst().at("/function/name").asString()).isEqualTo("get_weather");
        String arguments = calls.stream()
                .map(call -> call.at("/function/arguments").asString(""))
                .collect(Collectors.joining());
        assertThat(JsonMapper.shared().readTree(arguments).path("city").isString())
                .isTrue();
        assertThat(finish(chunks)).containsExactly("tool_calls");
        assertServedAsSettled(mesh.ledger().settled(tenant.tenantId()));
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.CLAUDE, Mesh.GEMINI})
    void theLimitOfAnAnswerHoldsAndSaysSo(String model) {
        mesh.provider().behave("{\"outputTokens\": 500}");
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(request(model, "\"max_completion_tokens\":40,"));
        assertThat(answer.json().at("/choices/0/finish_reason").asString()).isEqualTo("length");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.attempts().getLast().buckets().output()).isEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource({Mesh.MODEL + ",0", Mesh.CLAUDE + ",3", Mesh.GEMINI + ",0"})
    void whatWasCachedIsInItsOwnBucket(String model, long written) {
        mesh.provider().behave("{\"cachedTokens\": 4, \"cacheWriteTokens\": " + written + "}");
        TenantSnapshot tenant = mesh.tenant();
        Answer answer = mesh.client(tenant).chat(request(model, ""));
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertServedAsSettled(settled);
        Quantities buckets = settled.attempts().getLast().buckets();
        assertThat(buckets.of(Meter.TEXT_IN_CACHED)).isEqualTo(4);
        assertThat(buckets.of(Meter.CACHE_WRITE_5M)).isEqualTo(written);
        assertThat(buckets.of(Meter.TEXT_IN)).isEqualTo(buckets.input() - 4 - written);
        assertThat(answer.json()
                        .at("/usage/prompt_tokens_details/cached_tokens")
                        .asInt())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.CLAUDE, Mesh.GEMINI})
    void theUsageThatAProviderLeavesOutIsMeasured(String model) {
        mesh.provider().behave("{\"usageMissing\": true, \"outputTokens\": 23, \"reasoningTokens\": 0}");
        TenantSnapshot tenant = mesh.tenant();
        assertThat(mesh.client(tenant).chat(request(model, "")).status()).isEqualTo(200);
        Attempt plain = mesh.ledger().settled(tenant.tenantId()).attempts().getLast();
        assertThat(plain.usageSource()).isEqualTo(UsageSource.MEASURED);
        assertThat(plain.buckets().of(Meter.TEXT_OUT)).isEqualTo(23);

        TenantSnapshot streaming = mesh.tenant();
        assertThat(mesh.client(streaming).lines(request(model, "\"stream\":true,")))
                .contains("data: [DONE]");
        Attempt streamed =
                mesh.ledger().settled(streaming.tenantId()).attempts().getLast();
        assertThat(streamed.buckets()).isEqualTo(plain.buckets());
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.CLAUDE, Mesh.GEMINI})
    void aClientThatLeavesIsSettledAsTheProviderCountsIt(String model) throws IOException {
        for (int delay : List.of(0, 5, 20)) {
            mesh.provider().behave("{\"chunkDelayMs\": " + delay + ", \"outputTokens\": 2000, \"reasoningTokens\": 0}");
            TenantSnapshot tenant = mesh.tenant();
            try (InputStream body =
                    mesh.client(tenant).open(request(model, "\"stream\":true,")).body()) {
                body.readNBytes(3_000);
            }
            Settled settled = mesh.ledger().settled(tenant.tenantId());
            assertThat(settled.outcome()).as("delay " + delay).isIn(Outcome.CANCELLED, Outcome.COMPLETED);
            assertServedAsSettled(settled);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Mesh.CLAUDE, Mesh.GEMINI})
    void whatIsWrongInARequestIsToldInTheProvidersWords(String model) {
        Answer answer = mesh.client(mesh.tenant()).chat(request(model, "\"temperature\":-1,"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.error().path("code").asString()).isEqualTo("invalid_request");
        assertThat(answer.error().path("message").asString()).contains("temperature");
    }

    @ParameterizedTest
    @CsvSource({Mesh.CLAUDE + ",seed,7", Mesh.GEMINI + ",logprobs,true"})
    void whatAProviderCannotDoIsRefusedOrDroppedWithAWarning(String model, String field, String value) {
        TenantSnapshot tenant = mesh.tenant();
        String body = request(model, "\"" + field + "\":" + value + ",");
        Answer strict = mesh.client(tenant).chat(body);
        assertThat(strict.status()).isEqualTo(400);
        assertThat(strict.error().path("param").asString()).isEqualTo(field);
        assertThat(mesh.ledger().of(tenant.tenantId())).isEmpty();

        Answer tolerant = mesh.client(tenant).chatTolerant(body);
        assertThat(tolerant.status()).as(tolerant.toString()).isEqualTo(200);
        assertThat(tolerant.header("x-weir-warnings")).isEqualTo("dropped '" + field + "'");
    }

    private void assertServedAsSettled(Settled settled) {
        assertThat(mesh.ledger().of(settled.tenantId()))
                .filteredOn(Held.class::isInstance)
                .allSatisfy(held -> assertThat(settled.cost()).isLessThanOrEqualTo(((Held) held).ceiling()));
        Attempt attempt = settled.attempts().getLast();
        String id = Objects.requireNonNull(attempt.providerRequestId());
        JsonNode served = mesh.provider().ledger().path("by_request").path(id);
        assertThat(served.path("provider").asString()).as(id).isEqualTo(attempt.provider());
        assertThat(attempt.buckets().input()).isEqualTo(served.path("text_in").asLong());
        assertThat(attempt.buckets().output()).isEqualTo(served.path("text_out").asLong());
    }

    private static List<JsonNode> chunks(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JsonMapper.shared().readTree(line.substring(6)))
                .toList();
    }

    private static String content(List<JsonNode> chunks) {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                .collect(Collectors.joining());
    }

    private static List<String> finish(List<JsonNode> chunks) {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0/finish_reason").asString(""))
                .filter(reason -> !reason.isEmpty())
                .toList();
    }
}
