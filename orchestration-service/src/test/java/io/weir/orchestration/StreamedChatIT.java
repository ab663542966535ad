package io.weir.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ledger.Attempt;
import io.weir.ledger.Outcome;
import io.weir.ledger.UsageEvent.Settled;
import io.weir.money.Meter;
import io.weir.money.Rate;
import io.weir.snapshots.catalog.TenantSnapshot;
import io.weir.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamedChatIT {

    private final Mesh mesh = Mesh.start();

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void behaveWell() {
        mesh.provider().behaveWell();
    }

    private static List<String> data(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    private static List<JsonNode> chunks(List<String> lines) {
        return data(lines).stream()
                .filter(line -> !line.equals("[DONE]"))
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
    }

    @Test
    void aStreamKeepsTheRulesThatClientsRelyOn() {
        List<String> lines = mesh.client(mesh.tenant()).lines(Client.streaming(""));
        List<JsonNode> chunks = chunks(lines);

        assertThat(data(lines).getLast()).isEqualTo("[DONE]");
        JsonNode first = chunks.getFirst();
        assertThat(first.at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        for (JsonNode chunk : chunks) {
            assertThat(chunk.path("id")).isEqualTo(first.path("id"));
            assertThat(chunk.path("created")).isEqualTo(first.path("created"));
            assertThat(chunk.path("model")).isEqualTo(first.path("model"));
            assertThat(chunk.path("choices").size()).isEqualTo(1);
            assertThat(chunk.has("usage")).as("usage that nobody asked for").isFalse();
            assertThat(chunk.has("error")).isFalse();
            assertThat(chunk.at("/choices/0").has("finish_reason")).isTrue();
        }
        assertThat(chunks.stream()
                        .filter(chunk -> !chunk.at("/choices/0/finish_reason").isNull())
                        .toList())
                .singleElement()
                .isSameAs(chunks.getLast())
                .satisfies(chunk ->
                        assertThat(chunk.at("/choices/0/delta").isEmpty()).isTrue());
    }

    @Test
    void usageIsAChunkOfItsOwnForThoseWhoAskForIt() {
        TenantSnapshot tenant = mesh.tenant();
        List<String> lines =
                mesh.client(tenant).lines(Client.streaming("\"stream_options\":{\"include_usage\":true},"));
        JsonNode last = chunks(lines).getLast();
        assertThat(last.path("choices").isArray()).isTrue();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("usage").path("total_tokens").asInt()).isPositive();
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(last.path("x_cost_usd").asString()).isEqualTo(settled.cost().toPlainString());
        assertThat(last.path("id")).isEqualTo(chunks(lines).getFirst().path("id"));
    }

    @Test
    void theEndFollowsTheSettlement() throws IOException {
        TenantSnapshot tenant = mesh.tenant();
        HttpResponse<InputStream> response = mesh.client(tenant).open(Client.streaming(""));
        assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(response.headers().firstValue("cache-control")).contains("no-cache");
        assertThat(response.headers().firstValue("x-accel-buffering")).contains("no");
        assertThat(response.headers().firstValue("x-served-model")).contains(Mesh.MODEL);
        String all = new String(response.body().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(all).endsWith("data: [DONE]\n\n");
        assertThat(mesh.ledger().typesOf(tenant.tenantId())).containsExactly("held", "settled");
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.stream()).isTrue();
        assertThat(settled.timeToFirstTokenMs()).isNotNull();
        assertServedAsSettled(settled);
    }

    private void assertServedAsSettled(Settled settled) {
        Attempt attempt = settled.attempts().getLast();
        JsonNode served = Eventually.value(
                Duration.ofSeconds(5),
                () -> mesh.provider()
                        .ledger()
                        .path("by_request")
                        .path(Objects.requireNonNull(attempt.providerRequestId())),
                JsonNode::isObject);
        assertThat(attempt.buckets().of(Meter.TEXT_IN))
                .isEqualTo(served.path("text_in").asLong());
        assertThat(attempt.buckets().of(Meter.TEXT_OUT))
                .isEqualTo(served.path("text_out").asLong());
    }

    @Test
    void whatAClientThatLeavesHadReceivedIsSettledAsTheProviderCountsIt() throws IOException {
        for (int delay : List.of(0, 5, 20)) {
            mesh.provider().behave("{\"chunkDelayMs\": " + delay + ", \"outputTokens\": 2000}");
            TenantSnapshot tenant = mesh.tenant();
            HttpResponse<InputStream> response = mesh.client(tenant).open(Client.streaming(""));
            try (InputStream body = response.body()) {
                body.readNBytes(3_000);
            }
            Settled settled = mesh.ledger().settled(tenant.tenantId());
            assertThat(settled.outcome()).as("delay " + delay).isIn(Outcome.CANCELLED, Outcome.COMPLETED);
            assertThat(settled.billable()).isTrue();
            assertServedAsSettled(settled);
        }
    }

    @Test
    void manyClientsThatLeaveAtAnyMomentAreSettledAsTheProviderCountsThem() throws Exception {
        mesh.provider().behave("{\"chunkDelayMs\": 3, \"outputTokens\": 300, \"latencyMs\": 20}");
        long before = mesh.provider().ledger().path("text_out").asLong();
        TenantSnapshot tenant = mesh.tenant();
        int calls = 40;
        for (int i = 0; i < calls; i++) {
            HttpResponse<InputStream> response = mesh.client(tenant).open(Client.streaming(""));
            int read = i * 97;
            Thread.ofVirtual().start(() -> {
                try (InputStream body = response.body()) {
                    body.readNBytes(read);
                } catch (IOException gone) {
                    throw new java.io.UncheckedIOException(gone);
                }
            });
        }
        List<Settled> settled = mesh.ledger().await(tenant.tenantId(), 2 * calls).stream()
                .filter(Settled.class::isInstance)
                .map(Settled.class::cast)
                .toList();
        assertThat(settled).hasSize(calls);
        settled.forEach(this::assertServedAsSettled);
        long out = settled.stream()
                .mapToLong(call -> call.attempts().getLast().buckets().of(Meter.TEXT_OUT))
                .sum();
        assertThat(mesh.provider().ledger().path("text_out").asLong() - before).isEqualTo(out);
    }

    @Test
    void aClientThatLeavesBeforeTheProviderAnswersPaysForWhatWasSent() throws Exception {
        mesh.provider().behave("{\"latencyMs\": 30000}");
        TenantSnapshot tenant = mesh.tenant();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                mesh.client(tenant).open(Client.streaming(""));
            } catch (IllegalStateException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        awaitAsked();
        caller.interrupt();
        caller.join(5_000);
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(settled.billable()).isFalse();
        Attempt sent = settled.attempts().getFirst();
        assertThat(sent.outcome()).isEqualTo(Outcome.CANCELLED);
        assertThat(sent.buckets().of(Meter.TEXT_IN)).isPositive();
        assertThat(sent.buckets().of(Meter.TEXT_OUT)).isZero();
        assertThat(settled.cost())
                .isEqualTo(Rate.perMillion("0.15").times(sent.buckets().of(Meter.TEXT_IN)));
    }

    private void awaitAsked() {
        Eventually.passes(
                Duration.ofSeconds(10),
                () -> assertThat(mesh.provider().ledger().path("in_flight").asInt())
                        .isPositive());
    }

    @Test
    void aProviderThatBreaksOffIsAnErrorEventAndNoEnd() {
        mesh.provider().behave("{\"cutAfterChunks\": 5, \"outputTokens\": 40}");
        TenantSnapshot tenant = mesh.tenant();
        List<String> lines = mesh.client(tenant).lines(Client.streaming(""));
        assertThat(data(lines)).doesNotContain("[DONE]");
        JsonNode last = chunks(lines).getLast();
        assertThat(last.path("error").path("code").asString()).isEqualTo("upstream_error");
        assertThat(chunks(lines))
                .noneMatch(chunk -> chunk.at("/choices/0/finish_reason").isString());
        Settled settled = mesh.ledger().settled(tenant.tenantId());
        assertThat(settled.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(settled.attempts().getLast().buckets().of(Meter.TEXT_OUT)).isEqualTo(5);
        assertServedAsSettled(settled);
    }

    @Test
    void aStreamWithoutUsageIsMeasured() {
        mesh.provider().behave("{\"usageMissing\": true, \"outputTokens\": 31}");
        TenantSnapshot tenant = mesh.tenant();
        List<String> lines =
                mesh.client(tenant).lines(Client.streaming("\"stream_options\":{\"include_usage\":true},"));
        assertThat(chunks(lines)
                        .getLast()
                        .path("usage")
                        .path("completion_tokens")
                        .asInt())
                .isEqualTo(31);
        assertServedAsSettled(mesh.ledger().settled(tenant.tenantId()));
    }

    @Test
    void toolCallsStream() {
        TenantSnapshot tenant = mesh.tenant();
        List<String> lines = mesh.client(tenant).lines("""
                        {"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"call get_weather"}],
                         "tools":[{"type":"function","function":{"name":"get_weather","parameters":
                           {"type":"object","properties":{"city":{"type":"string"}}}}}]}
                        """);
        assertThat(data(lines).getLast()).isEqualTo("[DONE]");
        assertThat(String.join("", lines)).contains("tool_calls", "get_weather");
        assertServedAsSettled(mesh.ledger().settled(tenant.tenantId()));
    }
}
